using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace Capibara6.Hosting.Publishing;

/// <summary>Chooses the publisher that the command line asks for.</summary>
internal sealed class PublisherCatalog(IEnumerable<IPublisher> publishers, IConfiguration configuration, DistributedApplicationExecutionContext context)
{
    private const string StepPrefix = "publish-";

    private readonly SortedDictionary<string, IPublisher> _byName = new(
        publishers.ToDictionary(publisher => publisher.Name, StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);

    public IEnumerable<string> Names => _byName.Keys;

    /// <exception cref="DistributedApplicationException">There is none of this name, or the step is unknown.</exception>
    public IPublisher Choose()
    {
        var name = AppHostConfiguration.NullIfEmpty(configuration[AppHostConfiguration.PublisherKey]) ?? FromStep() ?? context.PublisherName;
        return _byName.TryGetValue(name, out var publisher)
            ? publisher
            : throw new DistributedApplicationException($"Publisher '{name}' is unknown: use one of {string.Join(", ", Names)}.");
    }

    private string? FromStep()
    {
        if (AppHostConfiguration.NullIfEmpty(configuration[AppHostConfiguration.StepKey]) is not { } step || step == "publish")
        {
            return null;
        }

        return step.StartsWith(StepPrefix, StringComparison.Ordinal) && _byName.ContainsKey(step[StepPrefix.Length..])
            ? step[StepPrefix.Length..]
            : throw new DistributedApplicationException(
                $"Step '{step}' is unknown: use publish, or one of {string.Join(", ", Names.Select(name => StepPrefix + name))}.");
    }
}
