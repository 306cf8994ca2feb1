namespace Capibara6.Hosting.Orchestration.Proxy;

/// <summary>Whether a replica may be given work.</summary>
internal enum ProxyTargetState
{
    /// <summary>Its process starts, or has not yet passed its first health check: it gets nothing.</summary>
    Starting,

    /// <summary>It passed its last health check.</summary>
    Ready,

    /// <summary>
    /// It runs and failed its last health check. It gets nothing while another replica is ready; when none is, it is
    /// asked all the same, since its own account of what ails it is worth more than the proxy's.
    /// </summary>
    Unhealthy,

    /// <summary>It refused a connection: it gets nothing until a health check succeeds.</summary>
    Unreachable,

    /// <summary>It is being stopped on purpose: it finishes what it has and gets nothing new.</summary>
    Draining,
}

/// <summary>One replica behind one endpoint. Its state and its load belong to <see cref="ProxyTargets"/>.</summary>
internal sealed class ProxyTarget
{
    public ProxyTarget(string id, string host, int port)
    {
        Id = id;
        Host = host;
        Port = port;
        Address = new UriBuilder(Uri.UriSchemeHttp, host, port).Uri.ToString();
    }

    /// <summary>The replica's instance id.</summary>
    public string Id { get; }

    public string Host { get; }

    public int Port { get; }

    /// <summary>What an HTTP request to this replica starts with.</summary>
    public string Address { get; }

    public ProxyTargetState State { get; internal set; }

    /// <summary>Requests (HTTP) or connections (TCP) that the replica is busy with.</summary>
    public int Active { get; internal set; }

    internal TaskCompletionSource? Idle { get; set; }
}
