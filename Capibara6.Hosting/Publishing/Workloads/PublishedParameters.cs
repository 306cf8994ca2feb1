namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>Which parameters are settled when publishing, and which a deployment supplies: secrets always, others when nothing gives them a value.</summary>
internal sealed class PublishedParameters
{
    private readonly SortedDictionary<string, DeferredParameter> _deferred = new(StringComparer.Ordinal);

    public IReadOnlyList<DeferredParameter> Deferred => [.. _deferred.Values];

    /// <summary>The parameter's value; null when a deployment supplies it.</summary>
    public async ValueTask<string?> ValueAsync(ParameterResource parameter, CancellationToken cancellationToken)
    {
        if (!parameter.Secret)
        {
            try
            {
                if (await parameter.GetValueAsync(cancellationToken) is { Length: > 0 } value)
                {
                    return value;
                }
            }
            catch (MissingParameterValueException)
            {
                // Whoever deploys gives it.
            }
        }

        _deferred[parameter.Name] = new DeferredParameter(parameter.Name, parameter.Default is { } generate ? generate.GetDefaultValue : null);
        return null;
    }
}
