namespace Capibara6.Core.Caching;

/// <summary>
/// Answers that were given before, in this process's memory and, for all replicas, in Redis.
/// <para>
/// An answer is found again by its own account when it asks exactly the same thing (same model choice, options, context, history
/// and text), and by nobody else; with <see cref="AnswerCacheScope.Shared"/> by every account that does.
/// </para>
/// </summary>
public interface IAnswerCache
{
    /// <summary>
    /// Forgets all answers, on this replica at once and on the others as soon as they hear of it; with Redis away, on the
    /// others when it returns.
    /// </summary>
    Task ClearAsync(CancellationToken cancellationToken);

    /// <summary>How the cache has done in this process since it started.</summary>
    AnswerCacheStatistics Statistics { get; }
}

/// <param name="Hits">Look-ups that found an answer, in this process's memory or in Redis.</param>
/// <param name="Misses">Look-ups that didn't.</param>
/// <param name="LocalEntries">Answers in this process's memory.</param>
/// <param name="Shared">Whether Redis is there, so that replicas share their answers.</param>
public sealed record AnswerCacheStatistics(long Hits, long Misses, long LocalEntries, bool Shared);
