using System.Data.Common;
using Capibara6.Core;
using Capibara6.Core.Jobs;
using Capibara6.Core.Queries;

namespace Capibara6.Worker.Jobs;

/// <summary>Runs jobs, each to its recorded end.</summary>
internal sealed class JobRun(IQueryPipeline pipeline, IJobQueue queue, HeldJobs held, TimeProvider time, ILogger<JobRun> logger)
{
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromSeconds(1);

    // A stopping worker has little time left; a lease that runs out gives the job back as well.
    private static readonly TimeSpan s_releasePatience = TimeSpan.FromSeconds(3);

    private static readonly Failure s_bug = new(
        FailureCodes.InternalError, FailureKind.Unavailable, "Something went wrong on our side; it has been logged.");

    public async Task RunAsync(ClaimedJob job)
    {
        using var activity = JobRunnerTelemetry.Source.StartActivity("job");
        activity?.SetTag("capibara6.batch.id", job.BatchId).SetTag("capibara6.job.id", job.Id).SetTag("capibara6.job.attempt", job.Attempts);
        JobRunnerTelemetry.Began();
        var started = time.GetTimestamp();
        var end = "error";
        try
        {
            using var hold = held.Hold(job);
            end = await AnswerAsync(hold);
        }
        finally
        {
            JobRunnerTelemetry.Ended(end, time.GetElapsedTime(started));
        }
    }

    /// <summary>Ends all that runs; what has no outcome yet is given back.</summary>
    public void StopAll() => held.StopAll();

    /// <returns>How it ended, for the measurements.</returns>
    private async Task<string> AnswerAsync(HeldJobs.Held hold)
    {
        try
        {
            var outcome = await AskAsync(hold);

            // Without the database nothing was asked: that is no attempt.
            return outcome is Outcome<QueryResult>.Failed { Failure.Code: FailureCodes.DatabaseUnavailable }
                ? await ReleaseAsync(hold.Job)
                : await RecordAsync(hold, outcome);
        }
        catch (OperationCanceledException) when (hold.Token.IsCancellationRequested)
        {
            if (!hold.IsLost)
            {
                return await ReleaseAsync(hold.Job);
            }

            JobRunnerLog.LeaseLost(logger, hold.Job.Id);
            return "lost";
        }
    }

    private async Task<Outcome<QueryResult>> AskAsync(HeldJobs.Held hold)
    {
        try
        {
            return await pipeline.ExecuteAsync(hold.Job.Request, hold.Token);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !hold.Token.IsCancellationRequested)
        {
            JobRunnerLog.Bug(logger, hold.Job.Id, exception);
            return s_bug;
        }
    }

    /// <summary>An answer in hand is worth waiting for the database, as long as the job is ours.</summary>
    private async Task<string> RecordAsync(HeldJobs.Held hold, Outcome<QueryResult> outcome)
    {
        while (true)
        {
            try
            {
                var completion = await queue.CompleteAsync(hold.Job, outcome, CancellationToken.None);
                if (completion == JobCompletion.LeaseLost)
                {
                    JobRunnerLog.LeaseLost(logger, hold.Job.Id);
                    return "lost";
                }

                return completion == JobCompletion.PutBack ? "put_back" : outcome is Outcome<QueryResult>.Success ? "succeeded" : "failed";
            }
            catch (Exception exception) when (exception is DbException or TimeoutException)
            {
                JobRunnerLog.QueueAway(logger, exception.GetBaseException().GetType().Name);
            }

            await Task.Delay(s_retryDelay, time, hold.Token);
        }
    }

    private async Task<string> ReleaseAsync(ClaimedJob job)
    {
        try
        {
            using var patience = new CancellationTokenSource(s_releasePatience, time);
            await queue.ReleaseAsync([job], patience.Token);
        }
        catch (Exception exception) when (exception is DbException or TimeoutException or OperationCanceledException)
        {
            JobRunnerLog.NotReleased(logger, job.Id, exception.GetBaseException().GetType().Name);
        }

        return "released";
    }
}
