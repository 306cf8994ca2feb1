namespace Capibara6.Hosting.Deployment;

/// <summary>The resource is reached from outside by a name of its own, over TLS.</summary>
/// <param name="Label">The first part of the host name.</param>
/// <param name="Domain">The parameter with the rest of it.</param>
/// <param name="Paths">Path prefixes that are open to the outside.</param>
public sealed record IngressAnnotation(string Label, ParameterResource Domain, IReadOnlyList<string> Paths) : IResourceAnnotation;

/// <summary>The largest body of a request that is let in from outside.</summary>
/// <param name="Mebibytes">1 or more; what has no such annotation takes 1.</param>
public sealed record RequestBodyAnnotation(int Mebibytes) : IResourceAnnotation;

/// <summary>Measurements and details of health have this port to themselves when deployed.</summary>
public sealed record ManagementPortAnnotation(int Port) : IResourceAnnotation;

/// <summary>How long an answer of the resource may last.</summary>
public sealed record LongestAnswerAnnotation(TimeSpan Time) : IResourceAnnotation
{
    /// <summary>What a stop takes beside the answers: balancers learn of it, and what is kept in memory is written down.</summary>
    internal static readonly TimeSpan StopReserve = TimeSpan.FromSeconds(20);
}

/// <summary>The resource calls hosts outside the system on this port.</summary>
public sealed record OutboundAnnotation(int Port) : IResourceAnnotation;

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

        return builder.WithAnnotation(new IngressAnnotation(label!, domain.Resource, paths.Length == 0 ? ["/"] : [.. paths]), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>Lets larger bodies in from outside than 1 MiB; the resource itself still decides what it takes.</summary>
    /// <param name="mebibytes">1 or more.</param>
    public static IResourceBuilder<T> WithRequestBodies<T>(this IResourceBuilder<T> builder, int mebibytes)
        where T : IResourceWithEndpoints
    {
        Misuse.When(mebibytes < 1, builder, $"bodies of at least 1 MiB are let in, not {mebibytes}");
        return builder.WithAnnotation(new RequestBodyAnnotation(mebibytes), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>Has measurements and details of health on a port of their own when deployed: no ingress leads there, and only monitoring is let to it.</summary>
    /// <param name="setting">The variable by which the resource is told.</param>
    /// <param name="port">1 to 65535.</param>
    public static IResourceBuilder<T> WithManagementPort<T>(this IResourceBuilder<T> builder, string setting, int port)
        where T : IResourceWithEnvironment
    {
        Misuse.When(port is < 1 or > 65535, builder, $"a port is 1 to 65535, not {port}");
        return !builder.ApplicationBuilder.ExecutionContext.IsPublishMode ? builder
            : builder.WithAnnotation(new ManagementPortAnnotation(port), ResourceAnnotationMutationBehavior.Replace).WithEnvironment(setting, port.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// Says how long an answer may last. A deployment's proxies wait for it that long, and a replica that is replaced has that long to finish what it
    /// has begun, in Kubernetes and in Compose.
    /// </summary>
    /// <param name="setting">The variable by which the resource is told how long its stop may take, as hh:mm:ss.</param>
    /// <param name="time">1 s to 9 minutes: 10 minutes is what a stop may take, with the time in which balancers learn of it.</param>
    public static IResourceBuilder<T> WithLongestAnswer<T>(this IResourceBuilder<T> builder, string setting, TimeSpan time)
        where T : IResourceWithEndpoints, IResourceWithEnvironment
    {
        Misuse.When(time < TimeSpan.FromSeconds(1) || time > TimeSpan.FromMinutes(9), builder, $"an answer may last 1 s to 9 min, not {time}");
        return !builder.ApplicationBuilder.ExecutionContext.IsPublishMode ? builder
            : builder.WithAnnotation(new LongestAnswerAnnotation(time), ResourceAnnotationMutationBehavior.Replace)
                .WithEnvironment(setting, (time + LongestAnswerAnnotation.StopReserve).ToString("c", CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// Where a deployment asks over HTTP how a replica is. What is not said here, by Aspire's <c>WithHttpHealthCheck</c> (readiness)
    /// or in detail by its <c>WithHttpProbe</c>, is not asked: then a deployment sees whether the port is open.
    /// </summary>
    /// <param name="startup">The path that says that a replica has started.</param>
    /// <param name="readiness">The path that says that it takes requests; null for that of <c>WithHttpHealthCheck</c>.</param>
    /// <param name="liveness">The path that says that it still works; it is restarted when it does not.</param>
    public static IResourceBuilder<T> WithProbes<T>(
        this IResourceBuilder<T> builder, string? startup = null, string? readiness = null, string? liveness = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        foreach (var path in new[] { startup, readiness, liveness }.OfType<string>())
        {
            Misuse.When(!path.StartsWith('/'), builder, $"the probe path '{path}' starts with a slash");
        }

        Misuse.When(readiness is not null && readiness == liveness, builder, $"readiness and liveness both ask {readiness}: a lost dependency would restart every replica");
        return builder.WithAnnotation(new ProbesAnnotation(startup, readiness, liveness), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>A command of the image that ends with 0 when the container is ready, for deployments that ask from inside it (Compose).</summary>
    /// <param name="script">For the image's /bin/sh.</param>
    public static IResourceBuilder<T> WithHealthCommand<T>(this IResourceBuilder<T> builder, string script)
        where T : ContainerResource
    {
        Misuse.When(string.IsNullOrWhiteSpace(script), builder, "a health command is a command of its image, such as \"wget -q -O /dev/null http://127.0.0.1:80/\"");
        return builder.WithAnnotation(new HealthCommandAnnotation(script), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>Says that whoever refers to this resource calls a host outside the system.</summary>
    /// <param name="port">The port of that host, 1 to 65535.</param>
    public static IResourceBuilder<T> WithOutboundAccess<T>(this IResourceBuilder<T> builder, int port = 443)
        where T : IResource
    {
        Misuse.When(port is < 1 or > 65535, builder, $"a port is 1 to 65535, not {port}");
        return builder.WithAnnotation(new OutboundAnnotation(port));
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\\z")]
    private static partial Regex HostLabel();
}
