using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>
    /// Injects the connection string as <c>ConnectionStrings__{connectionName}</c>, and its properties as
    /// <c>{CONNECTIONNAME}_{PROPERTY}</c>.
    /// </summary>
    /// <param name="connectionName">Name to inject it under; null for the resource's name, empty for properties without prefix.</param>
    /// <param name="optional">True when a missing connection string is no error.</param>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(source);
        var resource = source.Resource;
        var name = connectionName ?? resource.Name;
        builder.WithReferenceRelationship(resource);
        return builder.WithEnvironment(context =>
        {
            var flags = InjectionFlags(context);
            if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.ConnectionString))
            {
                context.EnvironmentVariables[resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{name}"] =
                    new ConnectionStringReference(resource, optional);
            }

            if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.ConnectionProperties))
            {
                var prefix = name.Length == 0 ? string.Empty : EnvironmentNames.EncodeUpper(name) + "_";
                foreach (var (property, value) in resource.GetAllConnectionProperties())
                {
                    context.EnvironmentVariables[prefix + property.ToUpperInvariant()] = value;
                }
            }
        });
    }

    /// <summary>Injects all endpoints of the resource for service discovery.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(source);
        return builder.WithEndpointsOf(source.Resource, endpointName: null, serviceName: null);
    }

    /// <inheritdoc cref="WithReference{TDestination}(IResourceBuilder{TDestination}, IResourceBuilder{IResourceWithServiceDiscovery})"/>
    /// <param name="name">The name to find it by.</param>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source, string name)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return builder.WithEndpointsOf(source.Resource, endpointName: null, name);
    }

    /// <summary>Injects one endpoint for service discovery.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(endpointReference);
        return builder.WithEndpointsOf(endpointReference.Resource, endpointReference.EndpointName, serviceName: null);
    }

    /// <summary>Injects the URL of a service outside the model for service discovery.</summary>
    /// <param name="uri">Absolute URL with the path / only.</param>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, string name, Uri uri)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(uri);
        if (!uri.IsAbsoluteUri)
        {
            throw new InvalidOperationException("The uri for service reference must be absolute.");
        }

        if (uri.AbsolutePath != "/")
        {
            throw new InvalidOperationException("The uri absolute path must be \"/\".");
        }

        return builder.WithEnvironment(context =>
        {
            var flags = InjectionFlags(context);
            if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.ServiceDiscovery))
            {
                context.EnvironmentVariables[$"services__{name}__default__0"] = uri.ToString();
            }

            if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.Endpoints))
            {
                context.EnvironmentVariables[name] = uri.ToString();
            }
        });
    }

    /// <summary>Injects the URL of a service that somebody else runs for service discovery.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<ExternalServiceResource> externalService)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(externalService);
        var service = externalService.Resource;
        builder.WithReferenceRelationship(service);
        return builder.WithEnvironment(async context =>
        {
            // The scheme of a parameter's URL is known in run mode only.
            var uri = service.Uri is not null || context.ExecutionContext.IsRunMode
                ? await service.GetUriAsync(context.CancellationToken).ConfigureAwait(false)
                : null;
            object value = service.Uri is { } known ? known.ToString() : service.UrlParameter!;
            var variable = EnvironmentNames.EncodeUpper(service.Name);
            var flags = InjectionFlags(context);
            if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.ServiceDiscovery))
            {
                context.EnvironmentVariables[$"services__{service.Name}__{uri?.Scheme ?? "default"}__0"] = value;
            }

            if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.Endpoints))
            {
                var suffix = service.Uri is null && uri is not null ? "_" + uri.Scheme.ToUpperInvariant() : string.Empty;
                context.EnvironmentVariables[variable + suffix] = value;
            }
        });
    }

    /// <summary>Says which kinds of variables references inject into this resource; all unless it is said.</summary>
    public static IResourceBuilder<TDestination> WithReferenceEnvironment<TDestination>(
        this IResourceBuilder<TDestination> builder, ReferenceEnvironmentInjectionFlags flags)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new ReferenceEnvironmentInjectionAnnotation(flags), ResourceAnnotationMutationBehavior.Replace);
    }

    private static ReferenceEnvironmentInjectionFlags InjectionFlags(EnvironmentCallbackContext context) =>
        context.Resource.TryGetLastAnnotation<ReferenceEnvironmentInjectionAnnotation>(out var injection)
            ? injection.Flags
            : ReferenceEnvironmentInjectionFlags.All;

    private static IResourceBuilder<TDestination> WithEndpointsOf<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceWithEndpoints source, string? endpointName, string? serviceName)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        var references = serviceName is null
            ? builder.Resource.Annotations.OfType<EndpointReferenceAnnotation>().FirstOrDefault(known => known.Resource == source)
            : null;
        if (references is null)
        {
            references = new EndpointReferenceAnnotation(source);
            builder.WithAnnotation(references);
            builder.WithReferenceRelationship(source);
            builder.WithEnvironment(context => InjectEndpoints(context, references, serviceName));
        }

        if (endpointName is null)
        {
            references.UseAllEndpoints = true;
        }
        else
        {
            references.EndpointNames.Add(endpointName);
        }

        return builder;
    }

    private static void InjectEndpoints(EnvironmentCallbackContext context, EndpointReferenceAnnotation references, string? serviceName)
    {
        var flags = InjectionFlags(context);
        var service = serviceName ?? references.Resource.Name;
        foreach (var endpoint in references.Resource.GetEndpoints())
        {
            var named = references.EndpointNames.Contains(endpoint.EndpointName);
            if (!named && (!references.UseAllEndpoints || endpoint.ExcludeReferenceEndpoint))
            {
                continue;
            }

            if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.Endpoints))
            {
                var prefix = serviceName is null ? EnvironmentNames.EncodeUpper(service) : EnvironmentNames.Encode(service);
                context.EnvironmentVariables[$"{prefix}_{EnvironmentNames.EncodeUpper(endpoint.EndpointName)}"] = endpoint;
            }

            if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.ServiceDiscovery))
            {
                var key = endpoint.IsHttpSchemeNamedEndpoint ? endpoint.Scheme : endpoint.EndpointName;
                context.EnvironmentVariables[NextFree(context.EnvironmentVariables, $"services__{service}__{key}__")] = endpoint;
            }
        }
    }

    private static string NextFree(Dictionary<string, object> variables, string prefix)
    {
        var index = 0;
        while (variables.ContainsKey(prefix + index.ToString(CultureInfo.InvariantCulture)))
        {
            index++;
        }

        return prefix + index.ToString(CultureInfo.InvariantCulture);
    }
}
