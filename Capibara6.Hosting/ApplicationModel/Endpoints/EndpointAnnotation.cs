using System.Diagnostics;
using System.Net.Sockets;
using Capibara6.Hosting.ApplicationModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>An endpoint that a resource listens on.</summary>
[DebuggerDisplay("Name = {Name}, UriScheme = {UriScheme}, Port = {Port}, TargetPort = {TargetPort}")]
public sealed class EndpointAnnotation : IResourceAnnotation
{
    private string? _transport;
    private int? _port;
    private int? _targetPort;
    private bool? _tlsEnabled;

    /// <param name="uriScheme">Scheme of the URL; the protocol's name when null.</param>
    /// <param name="transport">http, http2 or tcp; http for the schemes http and https when null.</param>
    /// <param name="name">Name of the endpoint; the scheme when null.</param>
    /// <param name="port">Public port; null or 0 for any.</param>
    /// <param name="targetPort">Port that an instance listens on; null or 0 for any.</param>
    /// <param name="isProxied">False when the instance itself listens on the public port.</param>
    public EndpointAnnotation(
        ProtocolType protocol, NetworkIdentifier? networkId, string? uriScheme = null, string? transport = null, string? name = null,
        int? port = null, int? targetPort = null, bool? isExternal = null, bool? isProxied = null)
    {
        var scheme = uriScheme ?? protocol.ToString().ToLowerInvariant();
        var endpointName = name ?? scheme;
        ModelName.Validate("Endpoint", endpointName);
        Protocol = protocol;
        UriScheme = scheme;
        Name = endpointName;
        _transport = transport;
        _port = port;
        _targetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsExplicitlyProxied = isProxied;
        DefaultNetworkID = networkId ?? KnownNetworkIdentifiers.LocalhostNetwork;
    }

    public EndpointAnnotation(
        ProtocolType protocol, NetworkIdentifier? networkId, string? uriScheme, string? transport, string? name,
        int? port, int? targetPort, bool? isExternal, bool isProxied)
        : this(protocol, networkId, uriScheme, transport, name, port, targetPort, isExternal, (bool?)isProxied)
    {
    }

    public EndpointAnnotation(
        ProtocolType protocol, string? uriScheme = null, string? transport = null, string? name = null,
        int? port = null, int? targetPort = null, bool? isExternal = null, bool? isProxied = null)
        : this(protocol, null, uriScheme, transport, name, port, targetPort, isExternal, isProxied)
    {
    }

    public EndpointAnnotation(
        ProtocolType protocol, string? uriScheme, string? transport, string? name,
        int? port, int? targetPort, bool? isExternal, bool isProxied)
        : this(protocol, null, uriScheme, transport, name, port, targetPort, isExternal, (bool?)isProxied)
    {
    }

    public string Name { get; set; }

    public ProtocolType Protocol { get; set; }

    /// <summary>Public port. Without a proxy it is the target port when none is given; 0 counts as none.</summary>
    public int? Port
    {
        get => Given(_port) ?? (IsProxied ? null : Given(_targetPort));
        set => _port = value;
    }

    /// <summary>The port that an instance listens on. Without a proxy it is the public port when none is given.</summary>
    public int? TargetPort
    {
        get => Given(_targetPort) ?? (IsProxied ? null : Given(_port));
        set => _targetPort = value;
    }

    public string UriScheme { get; set; }

    /// <summary>The address to listen on: a host name or IP address.</summary>
    public string TargetHost { get; set; } = KnownHostNames.Localhost;

    public string Transport
    {
        get => _transport ?? (UriScheme is "http" or "https" ? "http" : Protocol.ToString().ToLowerInvariant());
        set => _transport = value;
    }

    /// <summary>True when the endpoint is meant for the world outside the application.</summary>
    public bool IsExternal { get; set; }

    /// <summary>True when a proxy stands before the instances.</summary>
    public bool IsProxied
    {
        get => IsExplicitlyProxied ?? true;
        set => IsExplicitlyProxied = value;
    }

    /// <summary>What the program said about the proxy; null when it said nothing.</summary>
    public bool? IsExplicitlyProxied { get; set; }

    public bool TlsEnabled
    {
        get => _tlsEnabled ?? UriScheme is "https";
        set => _tlsEnabled = value;
    }

    /// <summary>True to leave the endpoint out when the whole resource is referenced.</summary>
    public bool ExcludeReferenceEndpoint { get; set; }

    public NetworkIdentifier DefaultNetworkID { get; }

    /// <summary>The address in the default network; null before it is known.</summary>
    public AllocatedEndpoint? AllocatedEndpoint
    {
        get => AllAllocatedEndpoints.For(DefaultNetworkID).Current;
        set
        {
            if (value is not null)
            {
                AllAllocatedEndpoints.AddOrUpdateAllocatedEndpoint(DefaultNetworkID, value);
            }
        }
    }

    public NetworkEndpointSnapshotList AllAllocatedEndpoints { get; } = new();

    [Obsolete("Use AllAllocatedEndpoints.")]
    public ValueSnapshot<AllocatedEndpoint> AllocatedEndpointSnapshot => AllAllocatedEndpoints.For(DefaultNetworkID);

    /// <summary>The ports as they were given, without the one standing in for the other.</summary>
    internal (int? Port, int? TargetPort) GivenPorts => (Given(_port), Given(_targetPort));

    private static int? Given(int? port) => port is 0 ? null : port;
}
