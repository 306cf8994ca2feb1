using Capibara6.Core.Identity;
using Capibara6.Core.Queries;

namespace Capibara6.Core.Jobs;

/// <summary>Batches of queries: accepted whole in one transaction, answered by workers, read by their owner (admin: all).</summary>
public interface IBatches
{
    /// <summary>Stores the batch and all its jobs, or nothing.</summary>
    Task<Outcome<BatchView>> AcceptAsync(BatchRequest request, CancellationToken cancellationToken);

    /// <summary>The batch; a stranger's or a missing one is <see cref="FailureCodes.BatchNotFound"/>.</summary>
    Task<Outcome<BatchView>> FindAsync(Guid id, Caller caller, CancellationToken cancellationToken);

    /// <summary>The caller's batches, newest first. Page by the last id seen.</summary>
    /// <param name="limit">1 to 100.</param>
    Task<Outcome<IReadOnlyList<BatchView>>> ListAsync(Caller caller, Guid? before, int limit, CancellationToken cancellationToken);

    /// <summary>Ends what has no outcome yet: what waits now, what runs within a second. A batch that has ended is <see cref="FailureCodes.BatchFinished"/>.</summary>
    Task<Outcome<BatchView>> CancelAsync(Guid id, Caller caller, CancellationToken cancellationToken);

    /// <summary>The recorded outcomes so far, in the order of the batch's items, read from the database as they are enumerated.</summary>
    /// <param name="after">The index of the last outcome that is known already; -1 for none.</param>
    /// <param name="limit">Outcomes at most; null for all.</param>
    Task<Outcome<IAsyncEnumerable<BatchItemResult>>> ReadResultsAsync(
        Guid id, Caller caller, CancellationToken cancellationToken, int after = -1, int? limit = null);

    /// <summary>
    /// For each of these batches that is the caller's, a page of its recorded outcomes in the order of its items: all of them in one
    /// statement. A batch without outcomes on its page is not in the answer.
    /// </summary>
    /// <param name="after">Index of the item that the pages begin after; -1 for the first page.</param>
    /// <param name="limit">Length of each page, 1 to 1,000.</param>
    Task<Outcome<ILookup<Guid, BatchItemResult>>> ReadResultPagesAsync(
        IReadOnlyCollection<Guid> ids, Caller caller, int after, int limit, CancellationToken cancellationToken);
}

/// <summary>Order in which workers take jobs.</summary>
public enum BatchPriority
{
    Low = 0,
    Medium = 1,
    High = 2,
}

public enum BatchStatus
{
    Queued,
    Running,
    Completed,
    Cancelled,
}

/// <param name="Items">1 to <see cref="QueryLimits.MaxBatchSize"/>.</param>
public sealed record BatchRequest(IReadOnlyList<BatchItem> Items, BatchPriority Priority, Caller Caller)
{
    /// <summary>What has not begun by then ends as <see cref="FailureCodes.BatchExpired"/>; in the future. Null for no such moment.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>
    /// The client's own name for this request, 1 to 255 characters: the same once more gives the batch that it made, another request under
    /// it <see cref="FailureCodes.Conflict"/>. As long as the batch is kept.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Who is told when it has ended; null for nobody.</summary>
    public BatchWebhook? Webhook { get; init; }

    /// <summary>What tells this request from others under the same key; must be there when the key is.</summary>
    public byte[]? RequestHash { get; init; }
}

public sealed record BatchItem(string Query)
{
    public IReadOnlyDictionary<string, string> Context { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
    public string Model { get; init; } = QueryRequest.AutoModel;

    /// <summary>As in <see cref="QueryRequest"/>, like the three below.</summary>
    public int? MaxTokens { get; init; }
    public float? Temperature { get; init; }
    public bool UseCache { get; init; } = true;
    public CodeExecution Execute { get; init; } = CodeExecution.Never;

    /// <summary>The client's own name for this item, given back with its result; null when it gave none.</summary>
    public string? CustomId { get; init; }
}

/// <summary>A batch as its owner sees it. total = pending + running + succeeded + failed + cancelled, at any moment.</summary>
public sealed record BatchView
{
    public required Guid Id { get; init; }
    public required BatchStatus Status { get; init; }
    public required BatchPriority Priority { get; init; }
    public required int Total { get; init; }
    public required int Pending { get; init; }
    public required int Running { get; init; }
    public required int Succeeded { get; init; }
    public required int Failed { get; init; }
    public required int Cancelled { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public DateTimeOffset? Deadline { get; init; }
}

/// <summary>The one recorded outcome of an item: a result, or an error.</summary>
public sealed record BatchItemResult
{
    /// <summary>Place in the batch, from 0.</summary>
    public required int Index { get; init; }
    public string? CustomId { get; init; }
    public QueryResult? Result { get; init; }
    public Failure? Error { get; init; }

    /// <summary>How often a worker began it.</summary>
    public required int Attempts { get; init; }
}
