using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Usage;

/// <summary>How answered queries are written down; section <c>Usage</c>.</summary>
public sealed class UsageOptions
{
    public const string SectionName = "Usage";

    /// <summary>Rows that wait in memory at most; more are counted as lost. 100 to 1,000,000.</summary>
    [Range(100, 1_000_000)]
    public int QueueLength { get; set; } = 20_000;

    /// <summary>Rows per statement, 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 1_000;

    /// <summary>How long rows are gathered before they are written, 0 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a stopping process goes on trying to write what is left, 0 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ShutdownPatience { get; set; } = TimeSpan.FromSeconds(5);
}

[OptionsValidator]
internal sealed partial class UsageOptionsValidator : IValidateOptions<UsageOptions>;
