using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Capibara6.ServiceDefaults.Access;

/// <summary>The client's address, after known proxies have been believed.</summary>
public static class ClientAddress
{
    private const int Ipv6NetworkBytes = 8;

    /// <summary>As limits count it: an IPv6 client owns a /64, so all of it is one client.</summary>
    public static string Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var address = Plain(context.Connection.RemoteIpAddress);
        if (address is null)
        {
            return "unknown";
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address.ToString();
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(Ipv6NetworkBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }

    /// <summary>As logs show it; null when the connection has none.</summary>
    public static string? Text(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Plain(context.Connection.RemoteIpAddress)?.ToString();
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
