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

    /// <summary>Who finds an answer again.</summary>
    public AnswerCacheScope Scope { get; set; } = AnswerCacheScope.Account;
}

/// <summary>Among whom answers are shared.</summary>
public enum AnswerCacheScope
{
    /// <summary>An account finds its own answers only.</summary>
    Account,

    /// <summary>
    /// Everybody finds everybody's. Saves model calls; and whoever asks something learns from <c>cached</c> and from the speed of
    /// the answer whether another account has asked the very same before.
    /// </summary>
    Shared,
}

[OptionsValidator]
internal sealed partial class AnswerCacheOptionsValidator : IValidateOptions<AnswerCacheOptions>;
