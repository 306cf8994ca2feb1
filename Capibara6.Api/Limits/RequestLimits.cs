using Capibara6.Core.Queries;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Capibara6.Api.Limits;

/// <summary>What one connection and one request may cost at most.</summary>
internal static class RequestLimits
{
    /// <summary>For answers that come piece by piece.</summary>
    public const string StreamPolicy = "stream";

    public static IServiceCollection AddRequestLimits(this IServiceCollection services)
    {
        services.AddConnectionLimits(QueryLimits.MaxRequestBytes);
        services.AddOptions<RequestLimitOptions>().BindConfiguration(RequestLimitOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RequestLimitOptions>, RequestLimitOptionsValidator>());
        services.AddRequestTimeouts();
        services.AddOptions<RequestTimeoutOptions>().Configure<IOptions<RequestLimitOptions>>((timeouts, limits) =>
        {
            timeouts.DefaultPolicy = Policy(limits.Value.RequestTimeout);
            timeouts.AddPolicy(StreamPolicy, Policy(limits.Value.StreamTimeout));
        });
        return services;
    }

    private static RequestTimeoutPolicy Policy(TimeSpan timeout) =>
        new() { Timeout = timeout, TimeoutStatusCode = StatusCodes.Status504GatewayTimeout };
}
