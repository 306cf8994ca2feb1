using Microsoft.Extensions.Options;

namespace Capibara6.Core.ModelClients;

/// <summary>The models and how they are reached: section <c>Models</c>.</summary>
public sealed class ModelsOptions
{
    public const string SectionName = "Models";

    /// <summary>Id of the smaller model. The result's contract has a confidence for each of the two, so both must be there.</summary>
    public const string SmallId = "capibara6-20b";

    /// <summary>Id of the larger model.</summary>
    public const string LargeId = "capibara6-120b";

    /// <summary>
    /// The models by id. Configuration changes single values, for instance
    /// <c>Models:Catalog:capibara6-20b:UpstreamModel</c>.
    /// </summary>
    public IDictionary<string, ModelOptions> Catalog { get; } = new Dictionary<string, ModelOptions>(StringComparer.OrdinalIgnoreCase)
    {
        [SmallId] = new()
        {
            Name = "Capibara6 20B",
            Description = "Fast and inexpensive: everyday questions, short code, summaries.",
            ParametersBillion = 20,
            ContextWindow = 131_072,
            PromptPricePerMillion = 0.05m,
            CompletionPricePerMillion = 0.20m,
        },
        [LargeId] = new()
        {
            Name = "Capibara6 120B",
            Description = "Slower and stronger: reasoning in several steps, mathematics, long or intricate code.",
            ParametersBillion = 120,
            ContextWindow = 131_072,
            PromptPricePerMillion = 0.15m,
            CompletionPricePerMillion = 0.60m,
        },
    };

    /// <summary>How trouble with a model is met.</summary>
    public ModelResilienceOptions Resilience { get; } = new();
}

/// <summary>One model.</summary>
public sealed class ModelOptions
{
    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    /// <summary>The name that the endpoint knows it by; the id when not set.</summary>
    public string? UpstreamModel { get; set; }

    /// <summary>Base address of an OpenAI-protocol endpoint, such as <c>http://localhost:11434/v1</c>; that of <c>ConnectionStrings:models</c> when not set.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Key for <see cref="Endpoint"/>; that of <c>ConnectionStrings:models</c> when neither is set.</summary>
    public string? Key { get; set; }

    /// <summary>Size in billions of parameters.</summary>
    public int ParametersBillion { get; set; }

    /// <summary>Context window in tokens.</summary>
    public int ContextWindow { get; set; }

    /// <summary>Price of a million prompt tokens in US dollars.</summary>
    public decimal PromptPricePerMillion { get; set; }

    /// <summary>Price of a million completion tokens in US dollars.</summary>
    public decimal CompletionPricePerMillion { get; set; }
}

/// <summary>Timeouts, retries and the circuit breaker of each model.</summary>
public sealed class ModelResilienceOptions
{
    /// <summary>Bound on one attempt: the whole answer, or the first token of a streamed one.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Bound on all attempts with one model, waits included.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>Longest silence inside a streamed answer.</summary>
    public TimeSpan StreamIdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Further attempts after the first, 0 to 10.</summary>
    public int Retries { get; set; } = 2;

    /// <summary>Wait before the first retry; doubled for each further one, with jitter.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait that an endpoint's Retry-After may ask for; beyond it the other model is tried.</summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Share of failed attempts that opens the circuit, in (0, 1].</summary>
    public double BreakerFailureRatio { get; set; } = 0.5;

    /// <summary>Attempts within <see cref="BreakerWindow"/> before the ratio counts, at least 2.</summary>
    public int BreakerMinimumThroughput { get; set; } = 8;

    /// <summary>Window over which failures are counted, at least half a second.</summary>
    public TimeSpan BreakerWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an open circuit refuses, at least half a second.</summary>
    public TimeSpan BreakerDuration { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Gathers every mistake, and names the setting.</summary>
internal sealed class ModelsOptionsValidator : IValidateOptions<ModelsOptions>
{
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_breakerShortest = TimeSpan.FromSeconds(0.5);

    public ValidateOptionsResult Validate(string? name, ModelsOptions options)
    {
        var errors = new List<string>();
        foreach (var required in (string[])[ModelsOptions.SmallId, ModelsOptions.LargeId])
        {
            Check(options.Catalog.ContainsKey(required), $"Models:Catalog:{required} is missing.");
        }

        Check(options.Catalog.Count <= 2, $"Models:Catalog holds {options.Catalog.Count} models; it must hold {ModelsOptions.SmallId} and {ModelsOptions.LargeId} only.");
        foreach (var (id, model) in options.Catalog)
        {
            CheckModel(id, model);
        }

        CheckResilience(options.Resilience);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Check(bool right, string error)
        {
            if (!right)
            {
                errors.Add(error);
            }
        }

        void CheckModel(string id, ModelOptions model)
        {
            Check(model.Name.Length > 0, $"Models:Catalog:{id}:Name must not be empty.");
            Check(model.ParametersBillion > 0, $"Models:Catalog:{id}:ParametersBillion must be above 0.");
            Check(model.ContextWindow >= 1024, $"Models:Catalog:{id}:ContextWindow must be at least 1024 tokens.");
            Check(model.PromptPricePerMillion >= 0, $"Models:Catalog:{id}:PromptPricePerMillion must not be negative.");
            Check(model.CompletionPricePerMillion >= 0, $"Models:Catalog:{id}:CompletionPricePerMillion must not be negative.");
            Check(model.Endpoint is null || ModelEndpoint.IsAddress(model.Endpoint), $"Models:Catalog:{id}:Endpoint must be an http or https address.");
        }

        void CheckResilience(ModelResilienceOptions resilience)
        {
            const string Section = "Models:Resilience:";
            CheckTime(resilience.AttemptTimeout, nameof(resilience.AttemptTimeout));
            CheckTime(resilience.TotalTimeout, nameof(resilience.TotalTimeout));
            CheckTime(resilience.StreamIdleTimeout, nameof(resilience.StreamIdleTimeout));
            CheckTime(resilience.RetryDelay, nameof(resilience.RetryDelay));
            Check(resilience.TotalTimeout >= resilience.AttemptTimeout, Section + "TotalTimeout must not be below AttemptTimeout.");
            Check(resilience.Retries is >= 0 and <= 10, Section + "Retries must be 0 to 10.");
            Check(resilience.MaxRetryAfter >= TimeSpan.Zero && resilience.MaxRetryAfter <= s_longest, Section + "MaxRetryAfter must be 0 to 1 hour.");
            Check(resilience.BreakerFailureRatio is > 0 and <= 1, Section + "BreakerFailureRatio must be above 0 and at most 1.");
            Check(resilience.BreakerMinimumThroughput >= 2, Section + "BreakerMinimumThroughput must be at least 2.");
            Check(resilience.BreakerWindow >= s_breakerShortest && resilience.BreakerWindow <= s_longest, Section + "BreakerWindow must be 0.5 s to 1 hour.");
            Check(resilience.BreakerDuration >= s_breakerShortest && resilience.BreakerDuration <= s_longest, Section + "BreakerDuration must be 0.5 s to 1 hour.");

            // Polly takes timeouts from 10 ms up.
            void CheckTime(TimeSpan value, string setting) =>
                Check(value >= TimeSpan.FromMilliseconds(10) && value <= s_longest, $"{Section}{setting} must be 10 ms to 1 hour.");
        }
    }
}
