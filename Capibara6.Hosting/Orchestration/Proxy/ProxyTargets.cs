namespace Capibara6.Hosting.Orchestration.Proxy;

/// <summary>
/// The replicas behind one endpoint: which of them may get work, and which gets the next piece of it.
/// The replica with the least work gets the next request; equals take turns.
/// </summary>
internal sealed class ProxyTargets(TimeProvider time)
{
    // Bounds what a client can pile up while nothing is ready.
    private const int MaxWaiting = 1_000;

    private readonly Lock _gate = new();
    private readonly List<ProxyTarget> _targets = [];
    private TaskCompletionSource _changed = NewSignal();
    private int _waiting;
    private int _turn;

    public IReadOnlyList<ProxyTarget> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _targets];
            }
        }
    }

    /// <summary>Adds a replica. It gets nothing before it is reported ready.</summary>
    public ProxyTarget Add(string id, string host, int port)
    {
        var target = new ProxyTarget(id, host, port);
        lock (_gate)
        {
            _targets.Add(target);
        }

        return target;
    }

    /// <summary>Forgets a replica, because its process has ended.</summary>
    public void Remove(ProxyTarget target)
    {
        lock (_gate)
        {
            _targets.Remove(target);
        }
    }

    /// <summary>Records what is known of a replica. A draining replica stays so.</summary>
    public void Report(ProxyTarget target, ProxyTargetState state)
    {
        lock (_gate)
        {
            if (target.State == ProxyTargetState.Draining || target.State == state)
            {
                return;
            }

            target.State = state;
            _changed.TrySetResult();
            _changed = NewSignal();
        }
    }

    /// <summary>
    /// Gives the replica nothing new and waits until it has finished what it has, at most <paramref name="limit"/>.
    /// </summary>
    /// <returns>Whether it finished in time.</returns>
    public async Task<bool> DrainAsync(ProxyTarget target, TimeSpan limit, CancellationToken cancellationToken)
    {
        Task idle;
        lock (_gate)
        {
            target.State = ProxyTargetState.Draining;
            if (target.Active == 0)
            {
                return true;
            }

            target.Idle ??= NewSignal();
            idle = target.Idle.Task;
        }

        try
        {
            await idle.WaitAsync(limit, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>
    /// Picks the replica for one piece of work, waiting at most <paramref name="patience"/> for one to become ready.
    /// </summary>
    /// <param name="avoid">A replica that has just failed: taken only when there is no other.</param>
    /// <returns>The replica, to be disposed of when the work is done; null when none became ready in time.</returns>
    public async ValueTask<ProxyLease?> PickAsync(ProxyTarget? avoid, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (TryPick(avoid, out var changed) is { } lease)
        {
            return lease;
        }

        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }

        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var timer = time.CreateTimer(_ => limit.Cancel(), null, patience, Timeout.InfiniteTimeSpan);
            while (true)
            {
                await changed.WaitAsync(limit.Token);
                if (TryPick(avoid, out changed) is { } late)
                {
                    return late;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    internal void Release(ProxyTarget target)
    {
        lock (_gate)
        {
            if (--target.Active == 0)
            {
                target.Idle?.TrySetResult();
            }
        }
    }

    private ProxyLease? TryPick(ProxyTarget? avoid, out Task changed)
    {
        lock (_gate)
        {
            changed = _changed.Task;
            var picked = LeastBusy(ProxyTargetState.Ready, avoid)
                ?? LeastBusy(ProxyTargetState.Unhealthy, avoid)
                ?? (avoid is { State: ProxyTargetState.Ready or ProxyTargetState.Unhealthy } && _targets.Contains(avoid) ? avoid : null);
            if (picked is null)
            {
                return null;
            }

            picked.Active++;
            return new ProxyLease(this, picked);
        }
    }

    private ProxyTarget? LeastBusy(ProxyTargetState state, ProxyTarget? avoid)
    {
        ProxyTarget? best = null;
        var first = _targets.Count == 0 ? 0 : _turn++ % _targets.Count;
        for (var offset = 0; offset < _targets.Count; offset++)
        {
            var candidate = _targets[(first + offset) % _targets.Count];
            if (candidate.State == state && candidate != avoid && (best is null || candidate.Active < best.Active))
            {
                best = candidate;
            }
        }

        // The counter runs over after 2^31 picks: an index must stay positive.
        _turn &= int.MaxValue;
        return best;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A replica that is busy with one piece of work until this is disposed of.</summary>
internal sealed class ProxyLease(ProxyTargets targets, ProxyTarget target) : IDisposable
{
    private int _released;

    public ProxyTarget Target => target;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            targets.Release(target);
        }
    }
}
