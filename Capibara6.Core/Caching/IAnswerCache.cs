namespace Capibara6.Core.Caching;

/// <summary>
/// Answers that were given before, in this process's memory and, for all replicas, in Redis.
/// <para>
/// The cache is shared between accounts: an answer is found again by everybody who asks exactly the same thing (same model
/// choice, options, context, history and text), and by nobody else. An answer depends on nothing but these, so it tells one
/// account nothing of another, except that somebody has asked the very same before.
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
