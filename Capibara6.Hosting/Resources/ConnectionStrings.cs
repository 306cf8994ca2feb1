using System.Runtime.CompilerServices;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>Connection strings for health checks, which can't wait for them.</summary>
internal static class ConnectionStrings
{
    private static readonly ConditionalWeakTable<IResource, string> s_known = [];

    /// <exception cref="DistributedApplicationException">The resource has none.</exception>
    public static async Task RememberAsync<T>(T resource, ConnectionStringAvailableEvent available, CancellationToken cancellationToken)
        where T : IResourceWithConnectionString
    {
        var value = await resource.GetConnectionStringAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new DistributedApplicationException($"Resource '{resource.Name}' has no connection string.");
        s_known.AddOrUpdate(resource, value);
    }

    /// <exception cref="InvalidOperationException">It is not known yet: the check is unhealthy until then.</exception>
    public static string Known(IResource resource) => s_known.TryGetValue(resource, out var value)
        ? value
        : throw new InvalidOperationException($"The connection string of resource '{resource.Name}' is not available yet.");
}
