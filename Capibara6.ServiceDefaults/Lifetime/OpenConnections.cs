using Microsoft.AspNetCore.Connections;

namespace Capibara6.ServiceDefaults.Lifetime;

/// <summary>How many connections of clients are open.</summary>
internal sealed class OpenConnections
{
    private readonly Lock _lock = new();
    private int _count;
    private TaskCompletionSource? _none;

    /// <summary>Ends at the next moment without an open connection; at once when there is none.</summary>
    public Task WhenNone()
    {
        lock (_lock)
        {
            return _count == 0
                ? Task.CompletedTask
                : (_none ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public async Task CountAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        Interlocked.Increment(ref _count);
        try
        {
            await next(connection);
        }
        finally
        {
            Leave();
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _count) > 0)
        {
            return;
        }

        lock (_lock)
        {
            if (_count == 0)
            {
                _none?.TrySetResult();
                _none = null;
            }
        }
    }
}
