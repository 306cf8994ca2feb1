using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.Hosting.Orchestration.Replicas;

/// <summary>When a crashed instance starts again, section <c>Hosting:Restart</c>.</summary>
internal sealed class RestartOptions
{
    public const string SectionName = "Hosting:Restart";

    /// <summary>The rest after a first crash; it doubles with each further one. Default half a second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest rest; default half a minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>An instance that has crashed this often without ever being ready is given up; default 5.</summary>
    [Range(1, 1_000)]
    public int CrashesBeforeReady { get; set; } = 5;

    /// <summary>An instance that ran this long was well: its next crash counts as the first. Default one minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan WasWellAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The rest after a crash.</summary>
    /// <param name="crashes">Crashes in a row, from 1.</param>
    internal TimeSpan DelayAfter(int crashes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(crashes, 1);
        var doubled = FirstDelay * Math.Pow(2, Math.Min(crashes - 1, 20));
        return doubled < LongestDelay ? doubled : LongestDelay;
    }
}

[OptionsValidator]
internal sealed partial class RestartOptionsValidator : IValidateOptions<RestartOptions>;
