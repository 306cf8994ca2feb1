using System.Collections.Immutable;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>The URLs that are shown for a resource, once its endpoints are allocated.</summary>
internal static class ResourceUrls
{
    public static async Task<ImmutableArray<UrlSnapshot>> BuildAsync(
        IResource resource, DistributedApplicationExecutionContext executionContext, CancellationToken cancellationToken)
    {
        EndpointReference[] endpoints = resource is IResourceWithEndpoints owner ? [.. owner.GetEndpoints().Where(endpoint => endpoint.IsAllocated)] : [];
        var urls = endpoints.Select(endpoint => new ResourceUrlAnnotation { Url = endpoint.Url, Endpoint = endpoint }).ToList();
        urls.AddRange(resource.Annotations.OfType<ResourceUrlAnnotation>());
        var context = new ResourceUrlsCallbackContext(executionContext, resource, urls, cancellationToken);
        foreach (var callback in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>())
        {
            await callback.Callback(context).ConfigureAwait(false);
        }

        var origin = endpoints.FirstOrDefault(endpoint => endpoint.IsHttp || endpoint.IsHttps)?.Url;
        return [.. urls.Where(url => !string.IsNullOrEmpty(url.Url)).Select(url => Snapshot(url, origin))];
    }

    private static UrlSnapshot Snapshot(ResourceUrlAnnotation url, string? origin)
    {
        // A leading slash makes an absolute file path on Unix; here it is a path on the resource.
        var from = url.Endpoint?.Url ?? origin;
        var complete = from is not null && !url.Url.Contains("://", StringComparison.Ordinal) ? new Uri(new Uri(from), url.Url).ToString() : url.Url;
        return new UrlSnapshot(url.Endpoint?.EndpointName, complete, IsInternal: url.DisplayLocation is UrlDisplayLocation.DetailsOnly)
        {
            DisplayProperties = new UrlDisplayPropertiesSnapshot(url.DisplayText ?? string.Empty, url.DisplayOrder ?? 0),
        };
    }
}
