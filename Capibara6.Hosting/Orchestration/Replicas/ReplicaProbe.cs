using System.Net.Sockets;
using Capibara6.Hosting.Orchestration.Proxy;

namespace Capibara6.Hosting.Orchestration.Replicas;

/// <summary>One HTTP question that a replica has to answer with a certain status to count as ready.</summary>
internal sealed record HttpQuestion(string EndpointName, string Path, int StatusCode);

/// <summary>The ports of one replica, and what the proxies know of them.</summary>
internal sealed record ReplicaPort(string EndpointName, IEndpointProxy Proxy, ProxyTarget Target, bool IsHttp2);

/// <summary>
/// Asks one replica, at its own ports, whether it is ready, and tells the proxies. The health checks of the model go
/// through the proxy, to any replica; who gets work has to be decided for each.
/// </summary>
internal sealed class ReplicaProbe(IReadOnlyList<ReplicaPort> ports, IReadOnlyList<HttpQuestion> questions, TimeProvider time)
{
    private const int FailuresToBeUnhealthy = 2;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_eager = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(1);

    // One that answers but is never well: after this long its own answers are shown instead of the proxy's.
    private static readonly TimeSpan s_startGrace = TimeSpan.FromSeconds(10);

    private static readonly HttpMessageInvoker s_client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
    });

    /// <summary>Whether the replica has ever been ready. One without ports can't be asked.</summary>
    public bool WasReady { get; private set; }

    /// <summary>Probes until cancelled, which is not an error.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (ports.Count == 0)
        {
            return;
        }

        var started = time.GetTimestamp();
        var failures = 0;
        try
        {
            while (true)
            {
                var (state, clear) = await ProbeAsync(cancellationToken);
                failures = state == ProxyTargetState.Ready ? 0 : failures + 1;
                Report(state, clear || failures >= FailuresToBeUnhealthy, time.GetElapsedTime(started));
                var eager = !WasReady && time.GetElapsedTime(started) < s_startGrace;
                await Task.Delay(eager ? s_eager : s_calm, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The replica has ended, or is about to.
        }
    }

    private void Report(ProxyTargetState state, bool sure, TimeSpan age)
    {
        WasReady |= state == ProxyTargetState.Ready;
        if (state != ProxyTargetState.Ready && (!sure || (!WasReady && age < s_startGrace)))
        {
            return;
        }

        foreach (var port in ports)
        {
            port.Proxy.Targets.Report(port.Target, state);
        }
    }

    // A refused connection is a clear word; a slow or bad answer may be chance.
    private async Task<(ProxyTargetState State, bool Clear)> ProbeAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(_ => limit.Cancel(), null, s_limit, Timeout.InfiniteTimeSpan);
        try
        {
            foreach (var port in ports)
            {
                var asked = questions.Where(question => question.EndpointName == port.EndpointName).ToList();
                foreach (var question in asked)
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(port.Target.Address), question.Path))
                    {
                        Version = port.IsHttp2 ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11,
                        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                    };
                    using var answer = await s_client.SendAsync(request, limit.Token);
                    if ((int)answer.StatusCode != question.StatusCode)
                    {
                        return (ProxyTargetState.Unhealthy, false);
                    }
                }

                if (asked.Count == 0)
                {
                    using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(port.Target.Host, port.Target.Port, limit.Token);
                }
            }

            return (ProxyTargetState.Ready, true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (ProxyTargetState.Unhealthy, false);
        }
        catch (Exception exception) when (exception is SocketException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError })
        {
            return (ProxyTargetState.Unreachable, true);
        }
        catch (HttpRequestException)
        {
            return (ProxyTargetState.Unhealthy, false);
        }
    }
}
