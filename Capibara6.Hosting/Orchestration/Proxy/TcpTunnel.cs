using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration.Proxy;

/// <summary>Joins each connection to one replica and carries bytes both ways until both sides have ended.</summary>
internal sealed class TcpTunnel(
    EndpointProxySpec spec, EndpointProxyOptions options, ProxyTargets targets, ILogger logger)
{
    public async Task RunAsync(ConnectionContext connection)
    {
        var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
            ?? CancellationToken.None;
        try
        {
            await RunAsync(connection, closing);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // One side broke off: so does the other.
            connection.Abort(new ConnectionAbortedException("The other side of the connection broke off.", exception));
        }
    }

    private async Task RunAsync(ConnectionContext connection, CancellationToken closing)
    {
        var (lease, socket) = await ConnectAsync(closing);
        if (lease is null || socket is null)
        {
            EndpointProxyLog.NoneReadyForConnection(logger, spec.ResourceName);
            connection.Abort(new ConnectionAbortedException($"No replica of '{spec.ResourceName}' is ready."));
            return;
        }

        using var held = lease;
        await using var replica = new NetworkStream(socket, ownsSocket: true);
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(closing);
        var there = UpAsync();
        var back = DownAsync();
        await Task.WhenAll(there, back);

        async Task UpAsync()
        {
            try
            {
                await connection.Transport.Input.CopyToAsync(replica, broken.Token);
                socket.Shutdown(SocketShutdown.Send);
            }
            catch
            {
                await broken.CancelAsync();
                throw;
            }
        }

        async Task DownAsync()
        {
            try
            {
                await replica.CopyToAsync(connection.Transport.Output.AsStream(leaveOpen: true), broken.Token);
                await connection.Transport.Output.CompleteAsync();
            }
            catch
            {
                await broken.CancelAsync();
                throw;
            }
        }
    }

    private async Task<(ProxyLease? Lease, Socket? Socket)> ConnectAsync(CancellationToken cancellationToken)
    {
        while (await targets.PickAsync(avoid: null, options.Patience, cancellationToken) is { } lease)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(lease.Target.Host, lease.Target.Port, cancellationToken);
                return (lease, socket);
            }
            catch (SocketException)
            {
                socket.Dispose();
                lease.Dispose();
                EndpointProxyLog.Refused(logger, lease.Target.Id, spec.ResourceName);
                targets.Report(lease.Target, ProxyTargetState.Unreachable);
            }
            catch
            {
                socket.Dispose();
                lease.Dispose();
                throw;
            }
        }

        return (null, null);
    }
}
