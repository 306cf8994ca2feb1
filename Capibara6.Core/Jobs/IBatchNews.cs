namespace Capibara6.Core.Jobs;

/// <summary>Says on all replicas that a batch has come further. What is told may get lost, so a watcher looks by itself now and then.</summary>
public interface IBatchNews
{
    /// <summary>Begins to listen for news of that batch, until the watch is disposed of.</summary>
    IBatchWatch Watch(Guid batchId);

    /// <summary>Tells the watchers of all replicas.</summary>
    Task TellAsync(IReadOnlyCollection<Guid> batchIds, CancellationToken cancellationToken);
}

public interface IBatchWatch : IDisposable
{
    /// <summary>
    /// Ends when there is news, or when it is time to look: after <paramref name="interval"/>, or ten of it while Redis brings the news.
    /// News that came since the last wait counts.
    /// </summary>
    Task WaitAsync(TimeSpan interval, CancellationToken cancellationToken);
}
