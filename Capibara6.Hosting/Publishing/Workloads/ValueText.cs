namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>A piece of a value: text known when publishing, or a parameter that is given when deploying.</summary>
internal abstract record ValuePart
{
    internal sealed record Literal(string Text) : ValuePart;

    /// <param name="Name">The parameter's name in the app model.</param>
    /// <param name="UriEncoded">True where the value stands inside a URI and is percent-encoded.</param>
    internal sealed record Parameter(string Name, bool UriEncoded = false) : ValuePart;
}

/// <summary>The value of a setting as the publishers see it.</summary>
internal sealed record ValueText(IReadOnlyList<ValuePart> Parts)
{
    /// <summary>True when the value is only known where it is deployed, so that it belongs in a secret.</summary>
    public bool IsDeferred => Parts.Any(static part => part is ValuePart.Parameter);

    public static ValueText Of(string text) => new([new ValuePart.Literal(text)]);

    /// <summary>The text with each parameter written by <paramref name="parameter"/>.</summary>
    public string Render(Func<ValuePart.Parameter, string> parameter) => string.Concat(Parts.Select(part => part switch
    {
        ValuePart.Literal literal => literal.Text,
        ValuePart.Parameter reference => parameter(reference),
        _ => throw new InvalidOperationException($"The value part {part.GetType().Name} is unknown."),
    }));

    /// <summary>The text of a value without parameters.</summary>
    public string Plain => Render(static reference =>
        throw new InvalidOperationException($"The parameter '{reference.Name}' has no value when publishing."));
}
