using System.Collections.Frozen;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Capibara6.Core.ModelClients;

/// <summary>
/// The models as configuration has them now. A change of configuration replaces all of it at once, or nothing: what is wrong
/// is logged, and the models stay as they were.
/// </summary>
internal sealed class ModelFleet : IModelCatalog, IDisposable
{
    private readonly IConfiguration _configuration;
    private readonly TimeProvider _time;
    private readonly ILogger<ModelFleet> _logger;
    private readonly IDisposable _watch;
    private volatile Fleet _current;

    public ModelFleet(IConfiguration configuration, IOptions<ModelsOptions> options, TimeProvider time, ILogger<ModelFleet> logger)
    {
        (_configuration, _time, _logger) = (configuration, time, logger);
        _current = Build(options.Value);
        _watch = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    public IReadOnlyList<ModelDescription> Models => _current.Models;

    /// <summary>How trouble is met.</summary>
    public ModelResilienceOptions Resilience => _current.Resilience;

    /// <summary>Bound on an answer in bytes.</summary>
    public int MaxAnswerBytes => _current.MaxAnswerBytes;

    public IEnumerable<DeploymentSet> All => _current.ById.Values;

    /// <inheritdoc/>
    public ModelDescription? Find(string id) => FindSet(id)?.Model;

    /// <summary>The deployments of a model, by its id or an alias.</summary>
    public DeploymentSet? FindSet(string id) => _current.ById.GetValueOrDefault(_current.Aliases.GetValueOrDefault(id, id));

    public void Dispose() => _watch.Dispose();

    private void Reload()
    {
        try
        {
            var options = new ModelsOptions();
            _configuration.GetSection(ModelsOptions.SectionName).Bind(options);
            var verdict = new ModelsOptionsValidator().Validate(null, options);
            if (verdict.Failed)
            {
                ModelLog.ReloadRefused(_logger, string.Join(' ', verdict.Failures ?? []));
                return;
            }

            if (ModelsOptions.Fingerprint(_configuration) is var fingerprint && fingerprint == _current.Fingerprint)
            {
                return;
            }

            _current = Build(options);
            ModelLog.Reloaded(_logger, _current.Models.Count);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            ModelLog.ReloadRefused(_logger, exception.Message);
        }
    }

    private Fleet Build(ModelsOptions options)
    {
        var sets = options.Catalog.ToDictionary(
            // Configuration may come in any case (environment variables on some systems are upper case).
            entry => entry.Key.ToLowerInvariant(),
            entry => BuildSet(entry.Key.ToLowerInvariant(), entry.Value, options),
            StringComparer.OrdinalIgnoreCase);
        ModelDescription[] models = [.. sets.Values.Select(set => set.Model).OrderBy(model => model.ParametersBillion)];
        return new Fleet(
            models,
            sets.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase),
            Aliases(options, models),
            options.Resilience,
            options.MaxAnswerBytes,
            ModelsOptions.Fingerprint(_configuration));
    }

    // A tier's name stands for its smallest model, unless something else has that name.
    private static FrozenDictionary<string, string> Aliases(ModelsOptions options, IReadOnlyList<ModelDescription> models)
    {
        var aliases = new Dictionary<string, string>(options.Aliases, StringComparer.OrdinalIgnoreCase);
        foreach (var model in models)
        {
            if (model.Tier is { } tier && !options.Catalog.ContainsKey(tier))
            {
                aliases.TryAdd(tier, model.Id);
            }
        }

        return aliases.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private DeploymentSet BuildSet(string id, ModelOptions model, ModelsOptions options)
    {
        var places = model.Deployments.Count > 0 ? model.Deployments.AsEnumerable() : [new KeyValuePair<string, DeploymentOptions>("", new())];
        var upstream = model.UpstreamModel ?? options.UpstreamNameOf(id);
        return new DeploymentSet(
            new ModelDescription
            {
                Id = id,
                Name = model.Name,
                Description = model.Description,
                Tier = string.IsNullOrEmpty(model.Tier) ? null : model.Tier,
                ParametersBillion = model.ParametersBillion,
                ContextWindow = model.ContextWindow,
                PromptPricePerMillion = model.PromptPricePerMillion,
                CachedPromptPricePerMillion = model.CachedPromptPricePerMillion ?? model.PromptPricePerMillion,
                CompletionPricePerMillion = model.CompletionPricePerMillion,
                CachesAnswers = model.CachesAnswers,
            },
            [.. places.Select(place => BuildDeployment(id, place.Key, place.Value, model, upstream, options.Resilience))],
            model.Fallback?.ToLowerInvariant() ?? id switch
            {
                ModelsOptions.SmallId => ModelsOptions.LargeId,
                ModelsOptions.LargeId => ModelsOptions.SmallId,
                _ => null,
            });
    }

    private Deployment BuildDeployment(
        string id, string place, DeploymentOptions settings, ModelOptions model, string upstream, ModelResilienceOptions resilience)
    {
        var name = place.Length == 0 ? id : $"{id}/{place}";
        var endpoint = EndpointOf(settings.Endpoint ?? model.Endpoint, settings.Key ?? model.Key);
        Deployment? deployment = null;
        var breaker = ModelResilience.Breaker(name, resilience, _time, _logger, open => deployment!.CoolUntil(_time.GetTimestamp() + (long)(open.TotalSeconds * _time.TimestampFrequency)));
        return deployment = new Deployment(
            id,
            name,
            endpoint,
            new UpstreamModel(
                settings.UpstreamModel ?? upstream,
                model.TokenBound ?? endpoint.TokenBound,
                [.. model.DropParameters],
                [.. model.DefaultParameters.Select(entry => KeyValuePair.Create(entry.Key, JsonOf(entry.Value)))]),
            breaker)
        {
            Priority = settings.Priority,
            Weight = settings.Weight,
        };
    }

    private ModelEndpoint EndpointOf(string? address, string? key)
    {
        key = string.IsNullOrEmpty(key) ? null : key;
        if (address is not null)
        {
            return new ModelEndpoint(new Uri(address), key);
        }

        var connectionString = _configuration.GetConnectionString(ModelEndpoint.ConnectionName)
            ?? throw new InvalidOperationException(
                $"ConnectionStrings:{ModelEndpoint.ConnectionName} is missing: it says where the models are (Endpoint=http://host:port/v1;Key=…).");
        var shared = ModelEndpoint.Parse(connectionString);
        return key is null ? shared : shared with { Key = key };
    }

    // A value of configuration is JSON when it reads as such, else a text.
    private static byte[] JsonOf(string value) =>
        ModelsOptionsValidator.IsJson(value) ? Encoding.UTF8.GetBytes(value) : System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(value, ModelJson.Default.String);

    private sealed record Fleet(
        IReadOnlyList<ModelDescription> Models,
        FrozenDictionary<string, DeploymentSet> ById,
        FrozenDictionary<string, string> Aliases,
        ModelResilienceOptions Resilience,
        int MaxAnswerBytes,
        string Fingerprint);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class ModelJson : System.Text.Json.Serialization.JsonSerializerContext;
