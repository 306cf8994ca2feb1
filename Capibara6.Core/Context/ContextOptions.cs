using System.ComponentModel.DataAnnotations;
using Capibara6.Core.ModelClients;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Context;

/// <summary>Context from playbooks that learn (agentic context engineering, arXiv 2510.04618); section <c>Ace</c>.</summary>
public sealed class ContextOptions
{
    public const string SectionName = "Ace";

    /// <summary>Whether queries are enriched and answers judged. Playbooks can be administered either way.</summary>
    public bool Enabled { get; set; }

    /// <summary>Tokens of context at most for the first tier's model, 0 to 1,000,000.</summary>
    [Range(0, 1_000_000)]
    public int SmallBudget { get; set; } = 8_000;

    /// <summary>Tokens of context at most for stronger models, 0 to 1,000,000.</summary>
    [Range(0, 1_000_000)]
    public int LargeBudget { get; set; } = 32_000;

    /// <summary>How long a query waits for its context before it goes on without, 10 ms to 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:00:10")]
    public TimeSpan SearchTimeout { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Share of the answers that a model judges, in [0, 1]. Question and answer of these are kept until they are judged.</summary>
    [Range(0.0, 1.0)]
    public double SampleShare { get; set; } = 0.1;

    /// <summary>The model that judges, by id, alias or tier.</summary>
    [Required]
    public string Judge { get; set; } = ModelsOptions.LargeId;

    /// <summary>Bullets of a playbook that are in use, at most, 1 to 10,000; beyond it the least helpful is retired.</summary>
    [Range(1, 10_000)]
    public int MaxBullets { get; set; } = 500;

    /// <summary>A bullet is retired when it did harm as often as this, and more often than it helped; 1 to 1,000.</summary>
    [Range(1, 1_000)]
    public int HarmfulLimit { get; set; } = 3;

    /// <summary>How long feedback on an answer is taken, 1 minute to a year.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How soon a replica sees that another has changed a playbook, 100 ms to 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(5);
}

[OptionsValidator]
internal sealed partial class ContextOptionsValidator : IValidateOptions<ContextOptions>;
