using Capibara6.Core.Identity;

namespace Capibara6.Core.Jobs;

/// <summary>
/// Batches in OpenAI's way: calls out of a file, answered by the same workers as the batches of <see cref="IBatches"/>, their outcomes
/// put into files. Each account sees its own.
/// </summary>
public interface IFileBatches
{
    /// <summary>Files a batch of every line of a file; a file with lines that can't be called makes a batch that has failed and says why.</summary>
    Task<Outcome<FileBatchView>> CreateAsync(FileBatchRequest request, CancellationToken cancellationToken);

    /// <summary>The batch; a stranger's or a missing one is <see cref="FailureCodes.BatchNotFound"/>.</summary>
    Task<Outcome<FileBatchView>> FindAsync(Guid id, Caller caller, CancellationToken cancellationToken);

    /// <summary>The caller's batches, newest first. Page by the last id seen.</summary>
    /// <param name="limit">1 to 101.</param>
    Task<Outcome<IReadOnlyList<FileBatchView>>> ListAsync(Caller caller, Guid? after, int limit, CancellationToken cancellationToken);

    /// <summary>Ends what has no outcome yet. A batch that has ended is <see cref="FailureCodes.BatchFinished"/>.</summary>
    Task<Outcome<FileBatchView>> CancelAsync(Guid id, Caller caller, CancellationToken cancellationToken);
}

/// <summary>Puts the outcomes of ended batches into files.</summary>
public interface IFileBatchOutputs
{
    /// <summary>All that wait for it. Throws what the database throws.</summary>
    Task WriteAsync(CancellationToken cancellationToken);
}

/// <param name="InputFileId">A file of the caller's.</param>
/// <param name="Endpoint">One path that all its lines call.</param>
/// <param name="CompletionWindow">Hours, such as <c>24h</c>: 1 to 168. What has not begun by then has expired.</param>
public sealed record FileBatchRequest(Guid InputFileId, string Endpoint, string CompletionWindow, Caller Caller)
{
    /// <summary>At most 16 texts by name, 64 and 512 characters; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>How long the files of its outcomes live; null for as long as any file.</summary>
    public TimeSpan? OutputLifetime { get; init; }

    /// <summary>As in <see cref="BatchRequest"/>, like the one below.</summary>
    public string? IdempotencyKey { get; init; }

    public byte[]? RequestHash { get; init; }
}

public enum FileBatchStatus
{
    Failed,
    InProgress,
    Cancelling,
    Finalizing,
    Completed,
    Expired,
    Cancelled,
}

/// <summary>A batch as its owner sees it.</summary>
public sealed record FileBatchView
{
    public required Guid Id { get; init; }
    public required string Endpoint { get; init; }
    public required Guid InputFileId { get; init; }
    public required string CompletionWindow { get; init; }
    public required FileBatchStatus Status { get; init; }
    public Guid? OutputFileId { get; init; }
    public Guid? ErrorFileId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public DateTimeOffset? FinalizedAt { get; init; }
    public DateTimeOffset? CancelledAt { get; init; }
    public required int Total { get; init; }
    public required int Succeeded { get; init; }
    public required int Failed { get; init; }
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Why the file was not taken; empty when it was.</summary>
    public IReadOnlyList<FileProblem> Problems { get; init; } = [];
}

/// <summary>What is wrong with a line of a batch's file.</summary>
/// <param name="Line">From 1; null when it is about the whole.</param>
public sealed record FileProblem(string Code, string Message, string? Param, int? Line);
