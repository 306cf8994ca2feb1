using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.Deployment;

/// <summary>Who reaches a resource when deployed, and how its state is asked for.</summary>
public static partial class ReachExtensions
{
    /// <summary>Gives the resource a public name of its own, <c>{label}.{domain}</c>, over TLS.</summary>
    /// <param name="label">The first part of the host name, such as "api".</param>
    /// <param name="domain">The parameter with the rest of it.</param>
    /// <param name="paths">Path prefixes that are open to the outside; all when none is given.</param>
    public static IResourceBuilder<T> WithIngress<T>(
        this IResourceBuilder<T> builder, string label, IResourceBuilder<ParameterResource> domain, params string[] paths)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(paths);
        Misuse.When(label is null || !HostLabel().IsMatch(label), builder, $"'{label}' can't start a host name; use letters, digits and hyphens, such as api");
        Misuse.When(domain.Resource.Secret, builder, $"the domain comes from the secret parameter '{domain.Resource.Name}', and a host name is public");
        Misuse.When(
            !builder.Resource.Annotations.OfType<EndpointAnnotation>().Any(static endpoint => endpoint.UriScheme is "http" or "https"),
            builder,
            "it has no HTTP endpoint that an ingress could lead to; call WithHttpEndpoint first");
        foreach (var path in paths)
        {
            Misuse.When(!path.StartsWith('/'), builder, $"the path '{path}' starts with a slash");
        }

        return builder.WithAnnotation(
            new IngressAnnotation(label!, domain.Resource, paths.Length == 0 ? ["/"] : [.. paths]), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>Where a deployment asks whether a replica has started, takes requests, and still works.</summary>
    /// <param name="insideContainer">True when the image has wget, so that a runtime can ask from inside the container.</param>
    public static IResourceBuilder<T> WithProbes<T>(
        this IResourceBuilder<T> builder, string startup = "/alive", string readiness = "/health", string liveness = "/alive", bool insideContainer = false)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        foreach (var path in new[] { startup, readiness, liveness })
        {
            Misuse.When(path is null || !path.StartsWith('/'), builder, $"the probe path '{path}' starts with a slash");
        }

        Misuse.When(readiness == liveness, builder, $"readiness and liveness both ask {readiness}: a lost dependency would restart every replica");
        return builder.WithAnnotation(
            new ProbesAnnotation(startup, readiness, liveness, insideContainer), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>Says that whoever refers to this resource calls a host outside the system.</summary>
    /// <param name="port">The port of that host, 1 to 65535.</param>
    public static IResourceBuilder<T> WithOutboundAccess<T>(this IResourceBuilder<T> builder, int port = 443)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        Misuse.When(port is < 1 or > 65535, builder, $"a port is 1 to 65535, not {port}");
        return builder.WithAnnotation(new OutboundAnnotation(port));
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\\z")]
    private static partial Regex HostLabel();
}
