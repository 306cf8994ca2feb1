namespace Aspire.Hosting.ApplicationModel;

/// <summary>Names a network that endpoints are reachable in.</summary>
public record NetworkIdentifier(string Value)
{
    public override string ToString() => Value;
}

/// <summary>The networks that every model has.</summary>
public static class KnownNetworkIdentifiers
{
    /// <summary>Processes on this machine.</summary>
    public static readonly NetworkIdentifier LocalhostNetwork = new("localhost");

    /// <summary>Anywhere.</summary>
    public static readonly NetworkIdentifier PublicInternet = new(".");

    /// <summary>The containers of this application.</summary>
    public static readonly NetworkIdentifier DefaultAspireContainerNetwork = new("aspire-container-network");
}

/// <summary>Host names that stand for this machine.</summary>
public static class KnownHostNames
{
    public const string Localhost = "localhost";
    public const string DockerDesktopHostBridge = "host.docker.internal";
    public const string DefaultContainerTunnelHostName = "aspire.dev.internal";
}

/// <summary>The addresses that an endpoint is bound to.</summary>
public enum EndpointBindingMode
{
    SingleAddress = 0,
    DualStackAnyAddresses = 1,
    IPv4AnyAddresses = 2,
    IPv6AnyAddresses = 3,
}
