namespace Capibara6.Core.Jobs;

/// <summary>Wakes workers when there are new jobs. Signals may get lost, so a worker looks by itself now and then.</summary>
public interface IJobSignal
{
    /// <summary>Ends at the next signal, or after <paramref name="longest"/>. A signal that came since the last wait counts.</summary>
    Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken);

    /// <summary>Wakes the workers of all replicas.</summary>
    Task NotifyAsync(CancellationToken cancellationToken);

    /// <summary>Tells the workers of all replicas that a batch is cancelled; as signals, this may get lost.</summary>
    Task NotifyCancelledAsync(Guid batchId, CancellationToken cancellationToken);

    /// <summary>Calls the handler with each batch that is cancelled, for as long as the process lives.</summary>
    void OnCancelled(Action<Guid> handler);
}
