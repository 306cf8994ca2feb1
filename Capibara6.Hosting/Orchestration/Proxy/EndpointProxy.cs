using Microsoft.AspNetCore.Builder;

namespace Capibara6.Hosting.Orchestration.Proxy;

internal sealed class EndpointProxy(WebApplication app, int port, ProxyTargets targets, TimeSpan closeLimit) : IEndpointProxy
{
    private int _disposed;

    public int Port => port;

    public ProxyTargets Targets => targets;

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        using var limit = new CancellationTokenSource(closeLimit);
        try
        {
            await app.StopAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Connections that would not end were cut off.
        }

        await app.DisposeAsync();
    }
}
