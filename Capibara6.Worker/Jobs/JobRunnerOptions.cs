using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.Worker.Jobs;

/// <summary>How this worker takes and runs jobs; section <c>JobRunner</c>.</summary>
public sealed class JobRunnerOptions
{
    public const string SectionName = "JobRunner";

    /// <summary>Jobs that run at the same time, 1 to 1,000. They mostly wait for models.</summary>
    [Range(1, 1000)]
    public int Concurrency { get; set; } = 32;

    /// <summary>How often an idle worker looks for jobs without being woken, 50 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often leases are renewed: well below their duration. 100 ms to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan RenewInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a worker with jobs looks whether their batches are cancelled, for when Redis doesn't say so. 50 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan CancelInterval { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>How often lost jobs are looked for, 100 ms to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a stopping worker lets its jobs go on before it gives them back, 0 s to 10 min; below the host's shutdown timeout.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(15);
}

[OptionsValidator]
internal sealed partial class JobRunnerOptionsValidator : IValidateOptions<JobRunnerOptions>;
