using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;

namespace Capibara6.Hosting.Publishing.Manifest;

/// <summary>Turns values into expressions, and remembers what the manifest needs for them besides the model.</summary>
internal sealed class ManifestExpressions
{
    private readonly List<ParameterResource> _parameters = [];
    private readonly List<(object Source, string Name, string Value)> _encoded = [];
    private readonly List<ReferenceExpression> _conditionals = [];

    /// <exception cref="DistributedApplicationException">The value can't be written as an expression.</exception>
    public string Format(object value)
    {
        AddReferences(value);
        return value switch
        {
            string text => text,
            ReferenceExpression expression => Format(expression),
            IResourceBuilder<IResource> { Resource: IManifestExpressionProvider } builder => Format(builder.Resource),
            IManifestExpressionProvider provider => provider.ValueExpression,
            bool flag => flag ? "true" : "false",
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => throw new DistributedApplicationException(
                $"A value of type {value.GetType().Name} can't be published: use a string, or a value with an expression."),
        };
    }

    /// <summary>Remembers the parameters and conditions in a value.</summary>
    public void AddReferences(object? value)
    {
        switch (value)
        {
            case ParameterResource parameter when !_parameters.Contains(parameter):
                _parameters.Add(parameter);
                break;
            case ReferenceExpression { IsConditional: true } conditional when _conditionals.TrueForAll(known => known.ConditionalName != conditional.ConditionalName):
                _conditionals.Add(conditional);
                AddAll(conditional);
                break;
            case IResourceBuilder<IResource> builder:
                AddReferences(builder.Resource);
                break;
            case IResource or EndpointReference or EndpointReferenceExpression:
                // They are in the manifest themselves, and bring their own references.
                break;
            case IValueWithReferences composed and not ReferenceExpression { IsConditional: true }:
                AddAll(composed);
                break;
            default:
                break;
        }
    }

    /// <summary>Parameters that were referred to and that the model doesn't hold, in the order in which they came up.</summary>
    public IReadOnlyList<ParameterResource> ReferencedParameters(DistributedApplicationModel model) =>
        [.. _parameters.Where(parameter => !model.Resources.Contains(parameter))];

    public IReadOnlyList<ReferenceExpression> Conditionals() => [.. _conditionals];

    /// <summary>The name under which the parameter's encoded value is referred to; null when it isn't.</summary>
    public string? TakeEncoded(ParameterResource parameter)
    {
        var position = _encoded.FindIndex(entry => entry.Source == parameter);
        if (position < 0)
        {
            return null;
        }

        var name = _encoded[position].Name;
        _encoded.RemoveAt(position);
        return name;
    }

    /// <summary>The encoded values that were not taken yet.</summary>
    public IReadOnlyList<(string Name, string Value)> TakeEncoded()
    {
        var rest = _encoded.Select(entry => (entry.Name, entry.Value)).ToArray();
        _encoded.Clear();
        return rest;
    }

    private void AddAll(IValueWithReferences composed)
    {
        foreach (var reference in composed.References)
        {
            AddReferences(reference);
        }
    }

    private string Format(ReferenceExpression expression)
    {
        if (expression.IsConditional)
        {
            return expression.ValueExpression;
        }

        var holes = new object?[expression.ValueProviders.Count];
        for (var i = 0; i < holes.Length; i++)
        {
            var provider = expression.ValueProviders[i];
            holes[i] = expression.StringFormats[i] is null ? Format((object)provider) : Encode(provider);
        }

        return string.Format(CultureInfo.InvariantCulture, expression.Format, holes);
    }

    private string Encode(IValueProvider provider)
    {
        switch (provider)
        {
            case ReferenceExpression { IsConditional: false } nested:
                var holes = nested.ValueProviders.Select(object? (hole) => Encode(hole)).ToArray();
                return string.Format(CultureInfo.InvariantCulture, EncodeLiterals(nested.Format), holes);
            case ParameterResource parameter:
                return Remember(parameter, $"{parameter.Name}-uri-encoded", parameter.ValueExpression);
            default:
                var expression = Format((object)provider);
                return Remember(provider, $"{ConditionalNames.Sanitize(expression)}-uri-encoded", expression);
        }
    }

    private string Remember(object source, string name, string value)
    {
        if (_encoded.TrueForAll(entry => entry.Name != name))
        {
            _encoded.Add((source, name, value));
        }

        return $"{{{name}.value}}";
    }

    // The literal parts of a composite format; holes and doubled braces stay.
    private static string EncodeLiterals(string format)
    {
        var parts = format.Split('{', '}');
        return parts.Length == 1 ? Uri.EscapeDataString(format) : format;
    }
}
