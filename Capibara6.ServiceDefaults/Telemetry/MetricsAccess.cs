using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Capibara6.ServiceDefaults.Telemetry;

/// <summary>Decides who may scrape. Metrics tell load, versions and routes, which are nobody's business outside.</summary>
internal sealed class MetricsAccess(IOptions<MetricsEndpointOptions> options)
{
    private readonly IPNetwork[] _allowed =
    [
        .. (options.Value.AllowedNetworks.Count > 0 ? options.Value.AllowedNetworks.AsEnumerable() : MetricsEndpointOptions.PrivateNetworks)
            .Select(IPNetwork.Parse),
    ];

    public bool Allows(HttpContext context) =>
        // No address: the in-memory test server, which nobody reaches from outside.
        (context.Connection.RemoteIpAddress is not { } peer || Allows(peer)) && AllowsForwarded(context.Request.Headers);

    // The ingress itself has a private address: what counts is whom it speaks for. A client can add names to the
    // list but not take away the one that the proxy adds.
    private bool AllowsForwarded(IHeaderDictionary headers)
    {
        if (headers.ContainsKey("Forwarded"))
        {
            return false;
        }

        foreach (var header in headers["X-Forwarded-For"])
        {
            foreach (var address in (header ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                if (!IPEndPoint.TryParse(address, out var endpoint) || !Allows(endpoint.Address))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool Allows(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(_allowed, network => network.Contains(plain));
    }
}
