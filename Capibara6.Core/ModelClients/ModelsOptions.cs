using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace Capibara6.Core.ModelClients;

/// <summary>The models and how they are reached: section <c>Models</c>.</summary>
public sealed class ModelsOptions
{
    public const string SectionName = "Models";

    /// <summary>Id of the smaller model. The result's contract has a confidence for each of the two, so both must be there.</summary>
    public const string SmallId = "capibara6-20b";

    /// <summary>Id of the larger model.</summary>
    public const string LargeId = "capibara6-120b";

    /// <summary>Tier of the smaller model.</summary>
    public const string SmallTier = "20B";

    /// <summary>Tier of the larger model.</summary>
    public const string LargeTier = "120B";

    /// <summary>
    /// The models by id. Configuration changes single values, for instance
    /// <c>Models:Catalog:capibara6-20b:UpstreamModel</c>.
    /// </summary>
    public IDictionary<string, ModelOptions> Catalog { get; } = new Dictionary<string, ModelOptions>(StringComparer.OrdinalIgnoreCase)
    {
        [SmallId] = new()
        {
            Name = "Capibara6 20B",
            Tier = SmallTier,
            Description = "Fast and inexpensive: everyday questions, short code, summaries.",
            ParametersBillion = 20,
            ContextWindow = 131_072,
            PromptPricePerMillion = 0.05m,
            CompletionPricePerMillion = 0.20m,
        },
        [LargeId] = new()
        {
            Name = "Capibara6 120B",
            Tier = LargeTier,
            Description = "Slower and stronger: reasoning in several steps, mathematics, long or intricate code.",
            ParametersBillion = 120,
            ContextWindow = 131_072,
            PromptPricePerMillion = 0.15m,
            CompletionPricePerMillion = 0.60m,
        },
    };

    /// <summary>The name by which the endpoint knows the smaller model; <see cref="SmallId"/> when neither this nor the other is set.</summary>
    public string? Small { get; set; }

    /// <summary>The name by which the endpoint knows the larger model; when not set, that of the smaller one, if there is one.</summary>
    public string? Large { get; set; }

    /// <summary>Further names of models that callers may use, such as <c>gpt-4o</c> for <see cref="LargeId"/>.</summary>
    public IDictionary<string, string> Aliases { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Bound on a whole answer in bytes, 64 KiB to 1 GiB. Streams have none.</summary>
    public int MaxAnswerBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>How trouble with a model is met.</summary>
    public ModelResilienceOptions Resilience { get; } = new();

    /// <summary>What the endpoint calls a model that has no name of its own there.</summary>
    internal string UpstreamNameOf(string id)
    {
        var (own, other) = id switch
        {
            SmallId => (Small, Large),
            LargeId => (Large, Small),
            _ => (null, null),
        };
        return NullIfEmpty(own) ?? NullIfEmpty(other) ?? id;
    }

    /// <summary>Changes whenever the models or where they are does.</summary>
    internal static string Fingerprint(IConfiguration configuration)
    {
        var text = new StringBuilder(configuration.GetConnectionString(ModelEndpoint.ConnectionName));
        foreach (var (name, value) in configuration.GetSection(SectionName).AsEnumerable().OrderBy(entry => entry.Key, StringComparer.OrdinalIgnoreCase))
        {
            text.Append('\n').Append(name).Append('=').Append(value);
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>One model.</summary>
public sealed class ModelOptions
{
    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    /// <summary>
    /// The tier that the router may choose it for: <c>20B</c>, <c>120B</c> or one of <c>Routing:Tiers</c>; of several models of a tier it takes
    /// the smallest. Not set: only callers that name the model get it. A tier's name works as a model's name too.
    /// </summary>
    public string? Tier { get; set; }

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

    /// <summary>Price of a million prompt tokens that the endpoint had cached, in US dollars; that of the others when not set.</summary>
    public decimal? CachedPromptPricePerMillion { get; set; }

    /// <summary>Price of a million completion tokens in US dollars.</summary>
    public decimal CompletionPricePerMillion { get; set; }

    /// <summary>
    /// Where the model is served, by a name of one's own; empty for one place, described by the fields above. What a place
    /// leaves out is taken from there.
    /// </summary>
    public IDictionary<string, DeploymentOptions> Deployments { get; } = new Dictionary<string, DeploymentOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Id of the model that answers when this one can't; of the two that are routed between it is the other when not set.</summary>
    public string? Fallback { get; set; }

    /// <summary>
    /// Whether answers over OpenAI's protocol are cached where the caller does not say: at temperature 0 when not set,
    /// always (<c>true</c>) or never (<c>false</c>).
    /// </summary>
    public bool? CachesAnswers { get; set; }

    /// <summary>
    /// The field that bounds an answer where a budget needs a bound: <c>max_tokens</c> or <c>max_completion_tokens</c>. When not
    /// set, the latter for OpenAI and Azure, the former for everybody else.
    /// </summary>
    public string? TokenBound { get; set; }

    /// <summary>Fields of a request that this model can't take and that are left out.</summary>
    public IList<string> DropParameters { get; } = [];

    /// <summary>Fields that are set where the caller sets none: JSON, or a text, by name.</summary>
    public IDictionary<string, string> DefaultParameters { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>One place that serves a model.</summary>
public sealed class DeploymentOptions
{
    /// <summary>The name that the endpoint knows the model by; the model's when not set.</summary>
    public string? UpstreamModel { get; set; }

    /// <summary>Base address of an OpenAI-protocol endpoint; the model's when not set.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Key for it; the model's when not set.</summary>
    public string? Key { get; set; }

    /// <summary>Share of the requests among places of the same priority, 1 to 1,000.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>Lower ones are asked first, 0 to 100.</summary>
    public int Priority { get; set; }
}

/// <summary>Timeouts, retries and the circuit breaker of each model.</summary>
public sealed class ModelResilienceOptions
{
    /// <summary>Bound on one attempt: the whole answer, or the first token of a streamed one.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The one deadline of a request: all attempts with all models, waits included; of a stream, until its first token.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>
    /// How long a failure may be kept from the caller in the hope of a better end, 0 to 1 hour: past it no attempt is made
    /// again with the same model. An outage is told within this time and a connection's.
    /// </summary>
    public TimeSpan RetryPatience { get; set; } = TimeSpan.FromSeconds(3);

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
