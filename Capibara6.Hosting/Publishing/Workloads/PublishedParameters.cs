namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>
/// Which parameters are settled when publishing, and which a deployment supplies: secrets always, others when nothing gives them a value, or when
/// only a person can and the values are kept beside the output: then the next publish finds them there.
/// </summary>
/// <param name="values">Where a person gives them; null when values aren't kept.</param>
internal sealed class PublishedParameters(IConfiguration? values)
{
    private readonly SortedDictionary<string, DeferredParameter> _deferred = new(StringComparer.Ordinal);

    public IReadOnlyList<DeferredParameter> Deferred => [.. _deferred.Values];

    /// <summary>The parameter's value; null when a deployment supplies it.</summary>
    /// <param name="isPublic">True for what is written in manifests by its nature, such as a host name.</param>
    public async ValueTask<string?> ValueAsync(ParameterResource parameter, CancellationToken cancellationToken, bool isPublic = false)
    {
        if (!parameter.Secret && (isPublic || values?[$"Parameters:{parameter.Name}"] is null || parameter.Default is not null))
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
