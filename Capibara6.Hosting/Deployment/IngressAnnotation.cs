using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.Deployment;

/// <summary>The resource is reached from outside by a name of its own, over TLS.</summary>
/// <param name="Label">The first part of the host name.</param>
/// <param name="Domain">The parameter with the rest of it.</param>
/// <param name="Paths">Path prefixes that are open to the outside.</param>
public sealed record IngressAnnotation(string Label, ParameterResource Domain, IReadOnlyList<string> Paths) : IResourceAnnotation;

/// <summary>The largest body of a request that is let in from outside.</summary>
/// <param name="Mebibytes">1 or more; what has no such annotation takes 1.</param>
public sealed record RequestBodyAnnotation(int Mebibytes) : IResourceAnnotation;

/// <summary>The resource calls hosts outside the system on this port.</summary>
public sealed record OutboundAnnotation(int Port) : IResourceAnnotation;
