using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    private static readonly string[] s_httpNames = ["http", "https"];

    /// <summary>The resource is healthy only when the check registered under this key is.</summary>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key) where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        if (builder.Resource.Annotations.OfType<HealthCheckAnnotation>().Any(check => check.Key == key))
        {
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' already has a health check with key '{key}'.");
        }

        return builder.WithAnnotation(new HealthCheckAnnotation(key));
    }

    /// <summary>The resource is healthy only when a GET request to the endpoint is answered with the status.</summary>
    /// <param name="path">Relative path; null for /.</param>
    /// <param name="statusCode">The status that counts as healthy; null for 200.</param>
    /// <param name="endpointName">Null for the endpoint http, or else https.</param>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithHttpHealthCheck(() => builder.Resource.SelectHttpEndpoint(endpointName), path, statusCode);
    }

    /// <inheritdoc cref="WithHttpHealthCheck{T}(IResourceBuilder{T}, string?, int?, string?)"/>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, Func<EndpointReference>? endpointSelector, string? path = null, int? statusCode = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        var endpoint = endpointSelector?.Invoke() ?? builder.Resource.SelectHttpEndpoint(null);
        var key = HttpHealthChecks.Key(builder.Resource.Name, endpoint.EndpointName, path ?? "/", statusCode ?? 200);
        builder.ApplicationBuilder.Services.AddHttpClient(key);
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            key,
            services => new HttpHealthCheck(
                services.GetRequiredService<IHttpClientFactory>(), key,
                _ => ValueTask.FromResult(endpoint.IsAllocated ? new Uri(new Uri(endpoint.Url), path ?? "/") : null), statusCode ?? 200),
            failureStatus: null, tags: null));
        builder.ApplicationBuilder.Eventing.Subscribe<BeforeStartEvent>((_, _) =>
        {
            if (!endpoint.Exists)
            {
                throw new DistributedApplicationException(
                    $"Could not create an HTTP health check for resource '{builder.Resource.Name}': it has no endpoint named '{endpoint.EndpointName}'.");
            }

            return Task.CompletedTask;
        });
        builder.WithAnnotation(new HttpHealthCheckAnnotation(endpoint, path ?? "/", statusCode ?? 200));
        return builder.WithHealthCheck(key);
    }

    /// <summary>Adds a probe by HTTP that the platform makes where the resource is deployed.</summary>
    /// <param name="initialDelaySeconds">Before the first probe; null for 5.</param>
    /// <param name="periodSeconds">Between two probes; null for 5.</param>
    /// <param name="timeoutSeconds">For one probe; null for 1.</param>
    /// <param name="failureThreshold">Failures in a row that count; null for 3.</param>
    /// <param name="successThreshold">Successes in a row that count; null for 1.</param>
    [Experimental("ASPIREPROBES001")]
    public static IResourceBuilder<T> WithHttpProbe<T>(
        this IResourceBuilder<T> builder, ProbeType type, string? path = null, int? initialDelaySeconds = null, int? periodSeconds = null,
        int? timeoutSeconds = null, int? failureThreshold = null, int? successThreshold = null, string? endpointName = null)
        where T : IResourceWithEndpoints, IResourceWithProbes
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithHttpProbe(
            type, () => builder.Resource.SelectHttpEndpoint(endpointName), path, initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold, successThreshold);
    }

    /// <inheritdoc cref="WithHttpProbe{T}(IResourceBuilder{T}, ProbeType, string?, int?, int?, int?, int?, int?, string?)"/>
    [Experimental("ASPIREPROBES001")]
    public static IResourceBuilder<T> WithHttpProbe<T>(
        this IResourceBuilder<T> builder, ProbeType type, Func<EndpointReference>? endpointSelector, string? path = null, int? initialDelaySeconds = null,
        int? periodSeconds = null, int? timeoutSeconds = null, int? failureThreshold = null, int? successThreshold = null)
        where T : IResourceWithEndpoints, IResourceWithProbes
    {
        ArgumentNullException.ThrowIfNull(builder);
        var endpoint = endpointSelector?.Invoke() ?? builder.Resource.SelectHttpEndpoint(null);
        foreach (var replaced in builder.Resource.Annotations.OfType<EndpointProbeAnnotation>().Where(probe => probe.Type == type).ToArray())
        {
            builder.Resource.Annotations.Remove(replaced);
        }

        return builder.WithAnnotation(new EndpointProbeAnnotation
        {
            Type = type,
            EndpointReference = endpoint,
            Path = path ?? "/",
            InitialDelaySeconds = initialDelaySeconds ?? 5,
            PeriodSeconds = periodSeconds ?? 5,
            TimeoutSeconds = timeoutSeconds ?? 1,
            FailureThreshold = failureThreshold ?? 3,
            SuccessThreshold = successThreshold ?? 1,
        });
    }

    private static EndpointReference SelectHttpEndpoint(this IResourceWithEndpoints resource, string? endpointName)
    {
        if (endpointName is not null)
        {
            return resource.GetEndpoint(endpointName);
        }

        return s_httpNames.Select(name => resource.GetEndpoint(name)).FirstOrDefault(endpoint => endpoint.Exists)
            ?? resource.GetEndpoints().FirstOrDefault(endpoint => endpoint.IsHttp || endpoint.IsHttps)
            ?? resource.GetEndpoint(s_httpNames[0]);
    }
}
