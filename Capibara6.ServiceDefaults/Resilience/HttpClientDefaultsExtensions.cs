using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;

namespace Microsoft.Extensions.Hosting;

/// <summary>How the services call others over HTTP.</summary>
public static class HttpClientDefaultsExtensions
{
    /// <summary>
    /// Gives every <see cref="HttpClient"/> of the factory service discovery (<c>https+http://name</c>) and the standard
    /// resilience: 10 s an attempt, 30 s in all, three retries, a circuit breaker. Only methods that are safe to repeat are
    /// retried: a POST that timed out may have been carried out.
    /// </summary>
    public static TBuilder AddHttpClientDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler(options => options.Retry.DisableForUnsafeHttpMethods());
            http.AddServiceDiscovery();
        });
        return builder;
    }
}
