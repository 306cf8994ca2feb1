using System.Collections.Concurrent;
using Capibara6.Core.Jobs;

namespace Capibara6.Worker.Jobs;

/// <summary>The jobs that this worker holds, each with a way to stop it.</summary>
internal sealed class HeldJobs : IDisposable
{
    // Bound: the runner's concurrency.
    private readonly ConcurrentDictionary<Guid, Held> _held = new();
    private readonly CancellationTokenSource _stopAll = new();

    public IReadOnlyCollection<ClaimedJob> Jobs => [.. _held.Values.Select(held => held.Job)];

    public Held Hold(ClaimedJob job)
    {
        var held = new Held(this, job, CancellationTokenSource.CreateLinkedTokenSource(_stopAll.Token));
        _held[job.Id] = held;
        return held;
    }

    /// <summary>Stops those that were lost to others.</summary>
    /// <param name="asked">Whose leases were to be renewed.</param>
    /// <param name="renewed">Whose were.</param>
    public void StopLost(IReadOnlyCollection<ClaimedJob> asked, IReadOnlySet<Guid> renewed)
    {
        foreach (var job in asked)
        {
            if (!renewed.Contains(job.Id) && _held.TryGetValue(job.Id, out var held) && held.Job.LeaseId == job.LeaseId)
            {
                held.Lose();
            }
        }
    }

    /// <summary>Stops those of a batch that is cancelled.</summary>
    public void StopBatch(Guid batchId)
    {
        foreach (var held in _held.Values)
        {
            if (held.Job.BatchId == batchId)
            {
                held.Stop();
            }
        }
    }

    public void StopAll() => _stopAll.Cancel();

    public void Dispose() => _stopAll.Dispose();

    internal sealed class Held(HeldJobs owner, ClaimedJob job, CancellationTokenSource stop) : IDisposable
    {
        private readonly Lock _gate = new();
        private bool _disposed;

        public ClaimedJob Job => job;

        /// <summary>Ends the job's work: its lease is lost, or the worker stops.</summary>
        public CancellationToken Token => stop.Token;

        public bool IsLost { get; private set; }

        public void Lose() => End(isLost: true);

        public void Stop() => End(isLost: false);

        private void End(bool isLost)
        {
            lock (_gate)
            {
                if (_disposed)
                {
                    return;
                }

                IsLost |= isLost;
                stop.Cancel();
            }
        }

        public void Dispose()
        {
            owner._held.TryRemove(new KeyValuePair<Guid, Held>(job.Id, this));
            lock (_gate)
            {
                _disposed = true;
                stop.Dispose();
            }
        }
    }
}
