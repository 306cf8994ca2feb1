using Capibara6.Core.Identity;

namespace Capibara6.Core.Files;

/// <summary>Files of accounts: kept whole in the main database for a bounded time. Each sees their own, and nobody another's.</summary>
public interface IFiles
{
    /// <summary>Stores a file, or nothing of it.</summary>
    Task<Outcome<FileView>> StoreAsync(NewFile file, Caller caller, CancellationToken cancellationToken);

    /// <summary>The file; a stranger's, a missing or an expired one is <see cref="FailureCodes.FileNotFound"/>.</summary>
    Task<Outcome<FileView>> FindAsync(Guid id, Caller caller, CancellationToken cancellationToken);

    /// <summary>The caller's files, by age.</summary>
    /// <param name="limit">1 to 10,000.</param>
    Task<Outcome<IReadOnlyList<FileView>>> ListAsync(
        Caller caller, string? purpose, Guid? after, int limit, bool oldestFirst, CancellationToken cancellationToken);

    /// <summary>A found file's bytes, piece by piece, none larger than 1 MiB, read as they are enumerated. Ends early when it is deleted meanwhile.</summary>
    IAsyncEnumerable<byte[]> ReadAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Deletes it; batches that were made of it go on.</summary>
    Task<Outcome<Guid>> DeleteAsync(Guid id, Caller caller, CancellationToken cancellationToken);
}

/// <summary>Removes files whose time is over.</summary>
public interface IFileRetention
{
    /// <summary>Removes them, one at a time. Throws what the database throws.</summary>
    Task CleanAsync(CancellationToken cancellationToken);
}

/// <summary>What a file is for.</summary>
public static class FilePurposes
{
    public const string Batch = "batch";
    public const string BatchOutput = "batch_output";
}

/// <param name="Content">Read from its beginning; its length is known.</param>
/// <param name="Lifetime">1 hour to <see cref="StoredFileOptions.Retention"/>; null for that.</param>
public sealed record NewFile(string Name, string Purpose, Stream Content, TimeSpan? Lifetime);

/// <param name="Bytes">Its size.</param>
public sealed record FileView(Guid Id, string Name, string Purpose, long Bytes, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);
