using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

/// <summary>What one connection may cost, the same at every edge.</summary>
public static class ConnectionLimits
{
    /// <summary>Bounds heads and bodies, and cuts clients off that send or read too slowly.</summary>
    /// <param name="maxRequestBytes">Largest body; larger ones get 413.</param>
    public static IServiceCollection AddConnectionLimits(this IServiceCollection services, long maxRequestBytes) =>
        services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = maxRequestBytes;
            options.Limits.MaxRequestLineSize = 8 * 1024;
            options.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            options.Limits.MaxRequestHeaderCount = 100;
            options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);

            // A client that sends or reads slower than this for longer than the grace period is cut off.
            options.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
            options.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(10));
        });
}
