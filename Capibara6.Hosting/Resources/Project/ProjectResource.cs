namespace Aspire.Hosting.ApplicationModel;

/// <summary>A .NET project that runs as a process here and as a container when deployed.</summary>
public class ProjectResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport, IResourceWithProbes, IComputeResource
{
    /// <summary>Says which endpoints the project hears about through its own environment; all when empty.</summary>
    internal List<Func<EndpointAnnotation, bool>> EnvironmentEndpointFilters { get; } = [];

    /// <summary>The https endpoint that publishing adds by itself: it is not injected into the environment.</summary>
    internal EndpointAnnotation? DefaultHttpsEndpoint { get; set; }

    internal bool ForwardedHeadersDisabled { get; set; }

    /// <summary>True when the project configures Kestrel's endpoints in its own settings.</summary>
    internal bool HasKestrelEndpoints { get; set; }

    internal bool ShouldInject(EndpointAnnotation endpoint) =>
        endpoint.UriScheme is "http" or "https" && EnvironmentEndpointFilters.All(filter => filter(endpoint));
}
