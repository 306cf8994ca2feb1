using System.ComponentModel.DataAnnotations;
using Capibara6.ModelEmulator.Faults;
using Microsoft.Extensions.Options;

namespace Capibara6.ModelEmulator;

/// <summary>How the emulator behaves; section <c>Emulator</c>.</summary>
public sealed class ModelEmulatorOptions
{
    public const string SectionName = "Emulator";

    /// <summary>The models it plays; empty means <see cref="DefaultModels"/>.</summary>
    [MaxLength(64)]
    [ValidateEnumeratedItems]
    public IList<EmulatedModel> Models { get; } = [];

    /// <summary>From the request to the first token, 0 to 10 min. Zero unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan FirstTokenLatency { get; set; }

    /// <summary>Speed of an answer after its first token, 0 to 1,000,000; 0, the default, is as fast as it goes.</summary>
    [Range(0, 1_000_000d)]
    public double TokensPerSecond { get; set; }

    /// <summary>The key that callers must present as a bearer token; null, the default, asks for none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Faults from the start on.</summary>
    [MaxLength(64)]
    [ValidateEnumeratedItems]
    public IList<Fault> Faults { get; } = [];

    /// <summary>The product's own names, so that it finds them without configuration, and two that say what they are.</summary>
    public static IReadOnlyList<EmulatedModel> DefaultModels { get; } =
    [
        new EmulatedModel { Id = "capibara6-20b", ContextWindow = 131_072 },
        new EmulatedModel { Id = "capibara6-120b", ContextWindow = 131_072 },
        new EmulatedModel { Id = "emulator-20b", ContextWindow = 32_768 },
        new EmulatedModel { Id = "emulator-120b", ContextWindow = 131_072 },
    ];
}

/// <summary>A model by name. All of them answer alike; the name and the window are what a client can tell apart.</summary>
public sealed class EmulatedModel
{
    [Required]
    [MaxLength(128)]
    public string Id { get; set; } = "";

    /// <summary>Prompt and answer together, in tokens, 256 to 10,000,000.</summary>
    [Range(256, 10_000_000)]
    public int ContextWindow { get; set; } = 32_768;
}

[OptionsValidator]
internal sealed partial class ModelEmulatorOptionsValidator : IValidateOptions<ModelEmulatorOptions>;
