using Capibara6.Core.Queries;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Capibara6.Api.Limits;

/// <summary>What one connection and one request may cost at most.</summary>
internal static class RequestLimits
{
    /// <summary>For answers that come piece by piece.</summary>
    public const string StreamPolicy = "stream";

    // Longer than both models together may take (Models:Resilience:TotalTimeout), so that those bounds decide.
    private static readonly TimeSpan s_requestTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_streamTimeout = TimeSpan.FromMinutes(15);

    public static IServiceCollection AddRequestLimits(this IServiceCollection services)
    {
        services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = QueryLimits.MaxRequestBytes;
            options.Limits.MaxRequestLineSize = 8 * 1024;
            options.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            options.Limits.MaxRequestHeaderCount = 100;
            options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);

            // A client that sends or reads slower than this for longer than the grace period is cut off.
            options.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
            options.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(10));
        });
        services.AddRequestTimeouts(options =>
        {
            options.DefaultPolicy = new RequestTimeoutPolicy { Timeout = s_requestTimeout, TimeoutStatusCode = StatusCodes.Status504GatewayTimeout };
            options.AddPolicy(StreamPolicy, new RequestTimeoutPolicy { Timeout = s_streamTimeout, TimeoutStatusCode = StatusCodes.Status504GatewayTimeout });
        });
        return services;
    }
}
