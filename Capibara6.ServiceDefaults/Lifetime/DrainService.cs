using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Capibara6.ServiceDefaults.Lifetime;

/// <summary>
/// Holds the stop of the servers back for the drain delay. The host calls <see cref="StoppingAsync"/> before it stops any
/// service, Kestrel included; in-flight requests then have the rest of the shutdown timeout.
/// </summary>
internal sealed class DrainService(
    IOptions<ShutdownOptions> options, OpenConnections connections, ListeningSockets sockets, TimeProvider time, ILogger<DrainService> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan s_lastRequests = TimeSpan.FromMilliseconds(500);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var delay = options.Value.DrainDelay;
        var idle = options.Value.DrainEndsWhenIdle ? connections.WhenNone() : Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        if (delay <= TimeSpan.Zero || idle.IsCompletedSuccessfully)
        {
            return;
        }

        ShutdownLog.Draining(logger, delay);
        await Task.WhenAny(idle, Task.Delay(delay, time, cancellationToken));

        // Whoever has just connected still sends its request; the answer closes the connection.
        if (sockets.Shut())
        {
            await Task.WhenAny(connections.WhenNone(), Task.Delay(s_lastRequests, time, cancellationToken));
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
