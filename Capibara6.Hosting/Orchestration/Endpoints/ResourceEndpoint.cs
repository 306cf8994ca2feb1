using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Proxy;

namespace Capibara6.Hosting.Orchestration.Endpoints;

/// <summary>An endpoint with its public port.</summary>
/// <param name="Proxy">What listens on the public port; null when the instance itself does.</param>
internal sealed record ResourceEndpoint(EndpointAnnotation Annotation, int PublicPort, IEndpointProxy? Proxy)
{
    public string Name => Annotation.Name;
}
