using System.Net;
using Microsoft.Extensions.Options;

namespace Capibara6.ServiceDefaults.Telemetry;

/// <summary>Who may scrape <c>/metrics</c>; section <c>MetricsEndpoint</c>.</summary>
public sealed class MetricsEndpointOptions
{
    public const string SectionName = "MetricsEndpoint";

    /// <summary>
    /// Networks in CIDR notation whose addresses may read <c>/metrics</c>; everyone else gets 404. Empty means the default,
    /// <see cref="PrivateNetworks"/>: loopback and the private ranges, so a cluster's Prometheus can and the internet can't.
    /// A request that came through a proxy counts by every address the proxies named.
    /// </summary>
    public IList<string> AllowedNetworks { get; } = [];

    public static IReadOnlyList<string> PrivateNetworks { get; } =
        ["127.0.0.0/8", "::1/128", "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10"];
}

internal sealed class MetricsEndpointOptionsValidator : IValidateOptions<MetricsEndpointOptions>
{
    public ValidateOptionsResult Validate(string? name, MetricsEndpointOptions options)
    {
        string[] wrong = [.. options.AllowedNetworks.Where(network => !IPNetwork.TryParse(network, out _))];
        return wrong.Length == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{MetricsEndpointOptions.SectionName}:{nameof(MetricsEndpointOptions.AllowedNetworks)} holds '{string.Join("', '", wrong)}'; "
                + "a network is written as 10.0.0.0/8 or fc00::/7, without host bits.");
    }
}
