namespace Capibara6.Worker.Jobs;

/// <summary>Messages of this feature: event ids 2100 to 2199. No query, no answer.</summary>
internal static partial class JobRunnerLog
{
    [LoggerMessage(EventId = 2100, Level = LogLevel.Information, Message = "Taking jobs, up to {Concurrency} at a time")]
    public static partial void Started(ILogger logger, int concurrency);

    [LoggerMessage(EventId = 2101, Level = LogLevel.Warning, Message = "The queue can't be reached ({Reason}); trying again")]
    public static partial void QueueAway(ILogger logger, string reason);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Error, Message = "Job {JobId} failed by a mistake in this program")]
    public static partial void Bug(ILogger logger, Guid jobId, Exception exception);

    [LoggerMessage(EventId = 2103, Level = LogLevel.Warning, Message = "Job {JobId} was taken by another worker; its outcome here is dropped")]
    public static partial void LeaseLost(ILogger logger, Guid jobId);

    [LoggerMessage(EventId = 2104, Level = LogLevel.Information, Message = "Stopping: {Count} jobs run, they have {Seconds} s to end")]
    public static partial void Draining(ILogger logger, int count, double seconds);

    [LoggerMessage(EventId = 2105, Level = LogLevel.Warning, Message = "{Count} jobs came back from lost workers")]
    public static partial void TakenBack(ILogger logger, int count);

    [LoggerMessage(EventId = 2106, Level = LogLevel.Warning, Message = "Job {JobId} could not be given back ({Reason}); its lease will run out")]
    public static partial void NotReleased(ILogger logger, Guid jobId, string reason);
}
