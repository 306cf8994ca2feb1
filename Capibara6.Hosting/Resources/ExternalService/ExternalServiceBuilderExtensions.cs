using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>Adds services that somebody else runs.</summary>
public static class ExternalServiceBuilderExtensions
{
    /// <param name="url">Absolute URL with the path / only.</param>
    public static IResourceBuilder<ExternalServiceResource> AddExternalService(this IDistributedApplicationBuilder builder, string name, string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return Uri.TryCreate(url, UriKind.Absolute, out var uri)
            ? builder.AddExternalService(name, uri)
            : throw new ArgumentException($"The URL '{url}' of external service '{name}' is invalid: it must be absolute.", nameof(url));
    }

    public static IResourceBuilder<ExternalServiceResource> AddExternalService(this IDistributedApplicationBuilder builder, string name, Uri uri) =>
        Add(builder, new ExternalServiceResource(name, uri));

    public static IResourceBuilder<ExternalServiceResource> AddExternalService(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> urlParameter)
    {
        ArgumentNullException.ThrowIfNull(urlParameter);
        return Add(builder, new ExternalServiceResource(name, urlParameter.Resource)).WithReferenceRelationship(urlParameter.Resource);
    }

    /// <summary>Asks the service by HTTP whether it is healthy.</summary>
    /// <param name="path">Relative path; null for /.</param>
    /// <param name="statusCode">The status that counts as healthy; null for 200.</param>
    public static IResourceBuilder<ExternalServiceResource> WithHttpHealthCheck(
        this IResourceBuilder<ExternalServiceResource> builder, string? path = null, int? statusCode = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var resource = builder.Resource;
        var key = HttpHealthChecks.Key(resource.Name, "external", path ?? "/", statusCode ?? 200);
        builder.ApplicationBuilder.Services.AddHttpClient(key);
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            key,
            services => new HttpHealthCheck(
                services.GetRequiredService<IHttpClientFactory>(), key, async token => (Uri?)new Uri(await resource.GetUriAsync(token).ConfigureAwait(false), path ?? "/"), statusCode ?? 200),
            failureStatus: null, tags: null));
        return builder.WithHealthCheck(key);
    }

    private static IResourceBuilder<ExternalServiceResource> Add(IDistributedApplicationBuilder builder, ExternalServiceResource resource)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddResource(resource)
            .WithInitialState(new CustomResourceSnapshot
            {
                ResourceType = KnownResourceTypes.ExternalService,
                State = KnownResourceStates.Waiting,
                Properties = [],
            })
            .ExcludeFromManifest()
            .OnInitializeResource(InitializeAsync);
    }

    private static async Task InitializeAsync(ExternalServiceResource resource, InitializeResourceEvent initialize, CancellationToken cancellationToken)
    {
        var uri = await resource.GetUriAsync(cancellationToken).ConfigureAwait(false);
        await initialize.Notifications.PublishUpdateAsync(resource, snapshot => snapshot with
        {
            State = KnownResourceStates.Running,
            Urls = [new UrlSnapshot(null, uri.ToString(), IsInternal: false)],
        }).ConfigureAwait(false);
    }
}
