using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Testing;

/// <summary>Reaches the resources of an application that runs.</summary>
public static class DistributedApplicationHostingTestingExtensions
{
    /// <summary>A client whose base address is the endpoint.</summary>
    /// <param name="endpointName">Null for the endpoint http, or else https.</param>
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var address = app.GetEndpoint(resourceName, endpointName);
        var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        client.BaseAddress = address;
        return client;
    }

    /// <exception cref="ArgumentException">There is no such resource, or it has no connection string.</exception>
    public static ValueTask<string?> GetConnectionStringAsync(this DistributedApplication app, string resourceName, CancellationToken cancellationToken = default) =>
        Find(app, resourceName) switch
        {
            IResourceWithConnectionString resource => resource.GetConnectionStringAsync(cancellationToken),
            ParameterResource { IsConnectionString: true } parameter => parameter.GetValueAsync(cancellationToken),
            _ => throw new ArgumentException($"Resource '{resourceName}' does not expose a connection string.", nameof(resourceName)),
        };

    /// <inheritdoc cref="GetEndpointForNetwork"/>
    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null) =>
        app.GetEndpointForNetwork(resourceName, null, endpointName);

    /// <summary>The URL of an endpoint, as a network sees it.</summary>
    /// <param name="networkIdentifier">Null for processes on this machine.</param>
    /// <param name="endpointName">Null for the endpoint http, or else https, or else the only one.</param>
    /// <exception cref="ArgumentException">There is no such resource or endpoint.</exception>
    /// <exception cref="InvalidOperationException">The application has not started.</exception>
    public static Uri GetEndpointForNetwork(
        this DistributedApplication app, string resourceName, NetworkIdentifier? networkIdentifier, string? endpointName = null)
    {
        if (Find(app, resourceName) is not IResourceWithEndpoints resource)
        {
            throw new ArgumentException($"Resource '{resourceName}' has no endpoints.", nameof(resourceName));
        }

        EndpointReference[] endpoints = [.. resource.GetEndpoints(networkIdentifier ?? KnownNetworkIdentifiers.LocalhostNetwork)];
        var endpoint = endpointName is null
            ? endpoints.FirstOrDefault(candidate => candidate.IsHttp)
                ?? endpoints.FirstOrDefault(candidate => candidate.IsHttps)
                ?? (endpoints.Length == 1 ? endpoints[0] : null)
            : endpoints.FirstOrDefault(candidate => string.Equals(candidate.EndpointName, endpointName, StringComparison.OrdinalIgnoreCase));
        return endpoint is null
            ? throw new ArgumentException($"Endpoint '{endpointName ?? "http"}' for resource '{resourceName}' not found.", nameof(endpointName))
            : new Uri(endpoint.Url);
    }

    private static IResource Find(DistributedApplication app, string resourceName)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentException.ThrowIfNullOrEmpty(resourceName);
        return app.Services.GetRequiredService<DistributedApplicationModel>().Resources.TryGetByName(resourceName, out var resource)
            ? resource
            : throw new ArgumentException($"Resource '{resourceName}' not found.", nameof(resourceName));
    }
}
