using System.Net;
using System.Net.Sockets;

namespace Capibara6.Core.Jobs;

/// <summary>The addresses of the internet: all but those that IANA's registries set aside for machines, networks, tunnels and documents.</summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] s_setAside = [.. new[]
    {
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    }.Select(IPNetwork.Parse)];

    // What is not within it is not routed.
    private static readonly IPNetwork s_global = IPNetwork.Parse("2000::/3");

    public static bool Contain(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return (address.AddressFamily == AddressFamily.InterNetwork || s_global.Contains(address))
            && !Array.Exists(s_setAside, network => network.Contains(address));
    }
}
