using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>What <c>WithHttpHealthCheck</c> said, for publishers that turn it into probes and for a look at each instance.</summary>
/// <param name="Path">Relative path.</param>
/// <param name="StatusCode">The status that counts as healthy.</param>
internal sealed record HttpHealthCheckAnnotation(EndpointReference Endpoint, string Path, int StatusCode) : IResourceAnnotation;
