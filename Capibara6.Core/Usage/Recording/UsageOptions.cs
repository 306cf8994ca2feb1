using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Usage;

/// <summary>How ended queries are written down; section <c>Usage</c>.</summary>
public sealed class UsageOptions
{
    public const string SectionName = "Usage";

    /// <summary>
    /// Folder for the files that records wait in, below it one for each database; processes may share it. Empty: <c>capibara6-usage</c> in
    /// the system's folder for temporary files. In a container it should be a volume that outlives the container.
    /// </summary>
    public string SpoolFolder { get; set; } = "";

    /// <summary>Bytes that may wait in files (about 400 a record) and, where no file can be written, in memory. 100 kB to 100 GB.</summary>
    [Range(100_000L, 100_000_000_000L)]
    public long SpoolBytes { get; set; } = 256_000_000;

    /// <summary>
    /// Whether each record is forced to the disk (fsync) before its answer ends. Without, records survive the death of the process, but
    /// those of the last seconds not that of the machine; with it, each answer waits for the disk, one after the other.
    /// </summary>
    public bool Durable { get; set; }

    /// <summary>Rows per statement, 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 1_000;

    /// <summary>How long rows are gathered before they are written, 0 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a stopping process goes on trying to write what is left, 0 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ShutdownPatience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a record is kept in the main database, 1 day to 10 years. Measurements over time are a copy, made within seconds; an outage of
    /// their database that is longer than this leaves a gap there.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);
}

[OptionsValidator]
internal sealed partial class UsageOptionsValidator : IValidateOptions<UsageOptions>;
