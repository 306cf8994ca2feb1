using Microsoft.Extensions.Options;

namespace Capibara6.Core.Jobs;

/// <summary>Whether and when a job is tried again.</summary>
internal sealed class JobBackOff(IOptions<JobOptions> options)
{
    public TimeSpan LeaseDuration => options.Value.LeaseDuration;

    public int MaxAttempts => options.Value.MaxAttempts;

    /// <summary>A failure that may pass, and attempts left. What is wrong with the request stays wrong.</summary>
    public bool MayTryAgain(ClaimedJob job, Failure failure) => job.Attempts < MaxAttempts
        && failure.Kind is FailureKind.Unavailable or FailureKind.TimedOut or FailureKind.RateLimited;

    /// <summary>Doubles with each attempt up to the bound, half of it by chance; never sooner than the failure asks for.</summary>
    public TimeSpan DelayAfter(ClaimedJob job, Failure failure)
    {
        var doubled = options.Value.RetryDelay * Math.Pow(2, Math.Min(job.Attempts - 1, 20));
        var bounded = doubled < options.Value.MaxRetryDelay ? doubled : options.Value.MaxRetryDelay;
        var jittered = bounded * (0.5 + (Random.Shared.NextDouble() / 2));
        return failure.RetryAfter is { } asked && asked > jittered ? asked : jittered;
    }
}
