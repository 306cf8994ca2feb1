using System.Data.Common;
using System.Diagnostics;
using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Credentials;
using Capibara6.Core.Jobs;
using Capibara6.Core.Queries;
using Capibara6.Core.Usage;

namespace Capibara6.Worker.Jobs;

/// <summary>Runs jobs, each to its recorded end.</summary>
internal sealed class JobRun(
    IQueryPipeline pipeline, IJobCalls calls, ICallerStanding standing, IJobQueue queue, JobOutcomes outcomes, HeldJobs held, TimeProvider time, ILogger<JobRun> logger)
{
    // A stopping worker has little time left; a lease that runs out gives the job back as well.
    private static readonly TimeSpan s_releasePatience = TimeSpan.FromSeconds(3);

    private static readonly Failure s_bug = new(
        FailureCodes.InternalError, FailureKind.Unavailable, "Something went wrong on our side; it has been logged.");

    public async Task RunAsync(ClaimedJob job)
    {
        using var activity = JobRunnerTelemetry.Start(job);
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
            var usage = new JobUsage();
            var outcome = await AskAsync(hold, usage);

            // Without the database nothing was asked: that is no attempt.
            return outcome is Outcome<JobAnswer>.Failed { Failure.Code: FailureCodes.DatabaseUnavailable }
                ? await ReleaseAsync(hold.Job)
                : await RecordAsync(hold, outcome, usage.Record);
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

    private async Task<Outcome<JobAnswer>> AskAsync(HeldJobs.Held hold, JobUsage usage)
    {
        try
        {
            var request = hold.Job.Request;
            return await standing.CheckAsync(request.Caller, hold.Token) switch
            {
                Outcome<Caller>.Success { Value: var caller } =>
                    await AnswerAsync(hold.Job, request with { Caller = caller, Recorder = usage }, hold.Token),
                Outcome<Caller>.Failed { Failure: var failure } => failure,
                _ => throw new UnreachableException(),
            };
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !hold.Token.IsCancellationRequested)
        {
            JobRunnerLog.Bug(logger, hold.Job.Id, exception);
            return s_bug;
        }
    }

    private async Task<Outcome<JobAnswer>> AnswerAsync(ClaimedJob job, QueryRequest request, CancellationToken cancellationToken) =>
        job.Endpoint is { } endpoint
            ? await calls.AnswerAsync(endpoint, request, cancellationToken)
            : JobAnswer.Of(await pipeline.ExecuteAsync(request, cancellationToken));

    private async Task<string> RecordAsync(HeldJobs.Held hold, Outcome<JobAnswer> outcome, UsageRecord? usage)
    {
        switch (await outcomes.RecordAsync(new JobEnd(hold.Job, outcome, usage), hold.Token))
        {
            case JobCompletion.LeaseLost:
                JobRunnerLog.LeaseLost(logger, hold.Job.Id);
                return "lost";
            case JobCompletion.PutBack:
                return "put_back";
            default:
                return outcome is Outcome<JobAnswer>.Success ? "succeeded" : "failed";
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

    /// <summary>Keeps the record of how the query ended, which goes into the transaction of the job's outcome.</summary>
    private sealed class JobUsage : IUsageRecorder
    {
        public UsageRecord? Record { get; private set; }

        void IUsageRecorder.Record(UsageRecord record) => Record = record;
    }
}
