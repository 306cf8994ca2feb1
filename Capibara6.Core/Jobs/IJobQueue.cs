using Capibara6.Core.Queries;
using Capibara6.Core.Usage;

namespace Capibara6.Core.Jobs;

/// <summary>
/// The workers' side of batches. A job is claimed under a lease and written under the same lease: whoever has lost it
/// writes nothing, so each job ends in exactly one recorded outcome. All moments are the database's, so workers whose clocks
/// differ agree. Throws what the database throws when it is away.
/// </summary>
public interface IJobQueue
{
    /// <summary>
    /// Claims jobs: the highest priority first, within it in turn, which goes round the accounts.
    /// No job is given to two claims.
    /// </summary>
    /// <param name="limit">1 to 1,000.</param>
    Task<IReadOnlyList<ClaimedJob>> ClaimAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Extends the leases, and gives the ids of those jobs that are still held.</summary>
    Task<IReadOnlySet<Guid>> RenewAsync(IReadOnlyCollection<ClaimedJob> jobs, CancellationToken cancellationToken);

    /// <summary>
    /// Records how attempts ended, those with an outcome in one transaction with their usage: an answer, a lasting failure, or, while
    /// attempts are left, a passing failure that puts the job back for later.
    /// </summary>
    /// <returns>For each, in the same order.</returns>
    Task<IReadOnlyList<JobCompletion>> CompleteAsync(IReadOnlyList<JobEnd> ends, CancellationToken cancellationToken);

    /// <summary>Gives jobs back undone, as if they had not been begun. Those no longer held are left alone.</summary>
    Task ReleaseAsync(IReadOnlyCollection<ClaimedJob> jobs, CancellationToken cancellationToken);

    /// <summary>Which of these batches are cancelled: what runs of them is not wanted any more.</summary>
    Task<IReadOnlyList<Guid>> FindCancelledAsync(Guid[] batchIds, CancellationToken cancellationToken);

    /// <summary>Takes back what lost workers held, ends what is past its deadline, and batches whose last job has ended unseen.</summary>
    Task<QueueState> SweepAsync(CancellationToken cancellationToken);
}

/// <summary>A job in the hands of a worker.</summary>
/// <param name="LeaseId">Shows that it is held; goes with every write.</param>
/// <param name="Attempts">How often it has been begun, this time included.</param>
/// <param name="Request">What to answer.</param>
public sealed record ClaimedJob(Guid Id, Guid BatchId, Guid LeaseId, int Attempts, QueryRequest Request)
{
    /// <summary>The span that filed the batch, as W3C's <c>traceparent</c>; null where nothing was traced.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The path of OpenAI's API that it is a call of: then the request's query is the body. Null for a query.</summary>
    public string? Endpoint { get; init; }
}

/// <summary>How an attempt ended.</summary>
/// <param name="Usage">Kept exactly when the outcome is, once for the job; null when nothing was asked.</param>
public sealed record JobEnd(ClaimedJob Job, Outcome<JobAnswer> Outcome, UsageRecord? Usage);

public enum JobCompletion
{
    /// <summary>Somebody else holds the job by now, or it has ended: nothing was written.</summary>
    LeaseLost,

    /// <summary>The outcome is recorded.</summary>
    Recorded,

    /// <summary>The job will be tried again.</summary>
    PutBack,
}

/// <param name="TakenBack">Jobs whose lease had run out.</param>
/// <param name="Pending">Jobs that wait, including those that wait for another attempt; counted up to 100,000.</param>
/// <param name="OldestAge">How long the oldest batch that has not ended has been there.</param>
public sealed record QueueState(int TakenBack, long Pending, TimeSpan OldestAge);
