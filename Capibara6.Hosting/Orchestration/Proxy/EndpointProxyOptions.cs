using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.Hosting.Orchestration.Proxy;

/// <summary>Settings of the proxies in front of replicas, section <c>Hosting:Proxy</c>.</summary>
internal sealed class EndpointProxyOptions
{
    public const string SectionName = "Hosting:Proxy";

    /// <summary>How long work waits for a replica to become ready before it is refused; default 3 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an exchange may be silent before it is cut; default 12 hours.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleLimit { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long an open connection may finish when the proxy closes; default 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan CloseLimit { get; set; } = TimeSpan.FromSeconds(2);
}

[OptionsValidator]
internal sealed partial class EndpointProxyOptionsValidator : IValidateOptions<EndpointProxyOptions>;
