namespace Capibara6.Hosting.Orchestration.Proxy;

/// <summary>Opens the public port of an endpoint in front of all replicas of its resource.</summary>
internal interface IEndpointProxyFactory
{
    /// <summary>Opens the port. Work that comes before a replica is ready waits a little, then is refused.</summary>
    /// <exception cref="PortUnavailableException">
    /// The port is taken, or may not be opened; the message names the port, its owner and the setting that moves it.
    /// </exception>
    Task<IEndpointProxy> StartAsync(EndpointProxySpec spec, CancellationToken cancellationToken);
}

/// <summary>An open public port.</summary>
internal interface IEndpointProxy : IAsyncDisposable
{
    /// <summary>The port that was asked for, or the free one that was found.</summary>
    int Port { get; }

    /// <summary>The replicas behind it.</summary>
    ProxyTargets Targets { get; }
}

/// <summary>How an endpoint's traffic is told apart and balanced.</summary>
internal enum ProxyProtocol
{
    /// <summary>HTTP/1.1 (with WebSocket and server-sent events), balanced per request.</summary>
    Http1,

    /// <summary>HTTP/2 without TLS, as gRPC speaks it, balanced per request.</summary>
    Http2,

    /// <summary>Anything else, TLS included, balanced per connection.</summary>
    Tcp,
}

/// <summary>What is to be opened.</summary>
internal sealed record EndpointProxySpec
{
    public required string ResourceName { get; init; }

    public required string EndpointName { get; init; }

    public required ProxyProtocol Protocol { get; init; }

    /// <summary><c>localhost</c> opens both loopback addresses; an address or <c>*</c> opens that.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>The public port; null takes a free one.</summary>
    public int? Port { get; init; }

    /// <summary>What an error about the port tells the user to set.</summary>
    public required string PortSetting { get; init; }
}
