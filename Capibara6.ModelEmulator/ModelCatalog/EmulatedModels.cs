using Microsoft.Extensions.Options;

namespace Capibara6.ModelEmulator.ModelCatalog;

/// <summary>The models by id, ids being case-sensitive as in the protocol.</summary>
internal sealed class EmulatedModels
{
    private readonly Dictionary<string, EmulatedModel> _byId;

    public EmulatedModels(IOptions<ModelEmulatorOptions> options, TimeProvider time)
    {
        All = [.. options.Value.Models.Count > 0 ? options.Value.Models.AsEnumerable() : ModelEmulatorOptions.DefaultModels];
        _byId = All.ToDictionary(model => model.Id, StringComparer.Ordinal);
        Created = time.GetUtcNow().ToUnixTimeSeconds();
    }

    public IReadOnlyList<EmulatedModel> All { get; }

    /// <summary>When the emulator started, in seconds of Unix time.</summary>
    public long Created { get; }

    public EmulatedModel Get(string id) => _byId.GetValueOrDefault(id) ?? throw Errors.ProtocolException.UnknownModel(id);
}
