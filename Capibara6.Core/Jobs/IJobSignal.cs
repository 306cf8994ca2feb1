namespace Capibara6.Core.Jobs;

/// <summary>Wakes workers when there are new jobs. Signals may get lost, so a worker looks by itself now and then.</summary>
public interface IJobSignal
{
    /// <summary>Ends at the next signal, or after <paramref name="longest"/>. A signal that came since the last wait counts.</summary>
    Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken);

    /// <summary>Wakes the workers of all replicas.</summary>
    Task NotifyAsync(CancellationToken cancellationToken);
}
