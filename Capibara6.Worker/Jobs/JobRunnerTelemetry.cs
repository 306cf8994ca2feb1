using System.Diagnostics;
using System.Diagnostics.Metrics;
using Capibara6.Core.Jobs;

namespace Capibara6.Worker.Jobs;

/// <summary>Spans and measurements of the runner.</summary>
internal static class JobRunnerTelemetry
{
    private static readonly ActivitySource s_source = new("Capibara6.Worker.Jobs");

    private static readonly Meter s_meter = new("Capibara6.Worker.Jobs");

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>(
        "capibara6.job.duration", unit: "s", description: "From a job's claim to its recorded end, by outcome.");

    private static readonly UpDownCounter<int> s_running = s_meter.CreateUpDownCounter<int>(
        "capibara6.jobs.running", unit: "{job}", description: "Jobs that run in this worker.");

    private static readonly Counter<long> s_takenBack = s_meter.CreateCounter<long>(
        "capibara6.jobs.taken_back", unit: "{job}", description: "Jobs that came back from lost workers.");

    private static long s_pending;
    private static double s_oldestAge;

    static JobRunnerTelemetry()
    {
        s_meter.CreateObservableGauge(
            "capibara6.jobs.pending", () => Volatile.Read(ref s_pending), unit: "{job}", description: "Jobs that wait, in all batches, as last counted by this worker; up to 100,000.");
        s_meter.CreateObservableGauge(
            "capibara6.batches.oldest.age", () => Volatile.Read(ref s_oldestAge), unit: "s", description: "Age of the oldest batch that has not ended, as last seen by this worker; 0 without one.");
    }

    /// <summary>
    /// A trace of its own, as a batch may have thousands of jobs that run for hours; it links to the request that filed the batch.
    /// </summary>
    public static Activity? Start(ClaimedJob job)
    {
        ActivityLink[] links = ActivityContext.TryParse(job.TraceParent, traceState: null, isRemote: true, out var filed) ? [new(filed)] : [];
        return s_source.StartActivity("job", ActivityKind.Consumer, parentContext: default, links: links)
            ?.SetTag("capibara6.batch.id", job.BatchId)
            .SetTag("capibara6.job.id", job.Id)
            .SetTag("capibara6.job.attempt", job.Attempts);
    }

    public static void Began() => s_running.Add(1);

    public static void Ended(string outcome, TimeSpan duration)
    {
        s_running.Add(-1);
        s_duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
    }

    public static void Swept(QueueState state)
    {
        s_takenBack.Add(state.TakenBack);
        Volatile.Write(ref s_pending, state.Pending);
        Volatile.Write(ref s_oldestAge, state.OldestAge.TotalSeconds);
    }
}
