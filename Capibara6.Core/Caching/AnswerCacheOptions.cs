using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Caching;

/// <summary>The answer cache; section <c>AnswerCache</c>.</summary>
public sealed class AnswerCacheOptions
{
    public const string SectionName = "AnswerCache";

    /// <summary>How long an answer is kept, 1 s to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a process keeps an answer in its own memory, at most <see cref="Lifetime"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan LocalLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Answers that a process keeps in its own memory at most, 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int LocalEntries { get; set; } = 2_000;
}

[OptionsValidator]
internal sealed partial class AnswerCacheOptionsValidator : IValidateOptions<AnswerCacheOptions>;
