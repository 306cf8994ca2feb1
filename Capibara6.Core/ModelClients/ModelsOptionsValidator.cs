using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.ModelClients;

/// <summary>Gathers every mistake, and names the setting.</summary>
internal sealed class ModelsOptionsValidator : IValidateOptions<ModelsOptions>
{
    private static readonly string[] s_governed = ["model", "messages", "input", "prompt", "stream"];
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_breakerShortest = TimeSpan.FromSeconds(0.5);

    public ValidateOptionsResult Validate(string? name, ModelsOptions options)
    {
        var errors = new List<string>();
        foreach (var required in (string[])[ModelsOptions.SmallId, ModelsOptions.LargeId])
        {
            Check(options.Catalog.ContainsKey(required), $"Models:Catalog:{required} is missing.");
        }

        foreach (var (alias, id) in options.Aliases)
        {
            Check(options.Catalog.ContainsKey(id), $"Models:Aliases:{alias} is '{id}', which Models:Catalog does not have.");
            Check(!options.Catalog.ContainsKey(alias) && !IsAuto(alias), $"Models:Aliases:{alias} is the name of a model already.");
        }

        Check(options.MaxAnswerBytes is >= 64 * 1024 and <= 1024 * 1024 * 1024, "Models:MaxAnswerBytes must be 64 KiB to 1 GiB.");
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
            Check(!IsAuto(id), $"Models:Catalog:{id}: that name lets the router choose; take another.");
            Check(model.Name.Length > 0, $"Models:Catalog:{id}:Name must not be empty.");
            Check(model.ParametersBillion > 0, $"Models:Catalog:{id}:ParametersBillion must be above 0.");
            Check(model.ContextWindow >= 1024, $"Models:Catalog:{id}:ContextWindow must be at least 1024 tokens.");
            Check(model.PromptPricePerMillion >= 0, $"Models:Catalog:{id}:PromptPricePerMillion must not be negative.");
            Check(model.CompletionPricePerMillion >= 0, $"Models:Catalog:{id}:CompletionPricePerMillion must not be negative.");
            Check(model.CachedPromptPricePerMillion is null or >= 0, $"Models:Catalog:{id}:CachedPromptPricePerMillion must not be negative.");
            Check(model.Fallback is null || options.Catalog.ContainsKey(model.Fallback), $"Models:Catalog:{id}:Fallback is '{model.Fallback}', which Models:Catalog does not have.");
            Check(model.TokenBound is null or "max_tokens" or "max_completion_tokens", $"Models:Catalog:{id}:TokenBound must be max_tokens or max_completion_tokens.");
            foreach (var name in model.DropParameters.Concat(model.DefaultParameters.Keys))
            {
                Check(!s_governed.Contains(name), $"Models:Catalog:{id}: the parameter '{name}' can neither be dropped nor have a default.");
            }

            foreach (var (name, place) in model.Deployments)
            {
                Check(place.Weight is >= 1 and <= 1000, $"Models:Catalog:{id}:Deployments:{name}:Weight must be 1 to 1000.");
                Check(place.Priority is >= 0 and <= 100, $"Models:Catalog:{id}:Deployments:{name}:Priority must be 0 to 100.");
                Check(place.Endpoint is null || ModelEndpoint.IsAddress(place.Endpoint), $"Models:Catalog:{id}:Deployments:{name}:Endpoint must be an http or https address.");
            }

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
            Check(resilience.RetryPatience >= TimeSpan.Zero && resilience.RetryPatience <= s_longest, Section + "RetryPatience must be 0 to 1 hour.");
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

    /// <summary>Whether a text reads as one JSON value.</summary>
    public static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsAuto(string name) => string.Equals(name, "auto", StringComparison.OrdinalIgnoreCase);
}
