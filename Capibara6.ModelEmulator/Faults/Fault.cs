using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Capibara6.ModelEmulator.Faults;

/// <summary>The ways to go wrong.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultKind>))]
public enum FaultKind
{
    /// <summary>An error of that status, in the protocol's shape, with Retry-After when given.</summary>
    [JsonStringEnumMemberName("status")]
    Status,

    /// <summary>A right answer whose first token comes later by <see cref="Fault.DelayMs"/>.</summary>
    [JsonStringEnumMemberName("delay")]
    Delay,

    /// <summary>No answer until the client gives up.</summary>
    [JsonStringEnumMemberName("hang")]
    Hang,

    /// <summary>The connection breaks after <see cref="Fault.AfterTokens"/> tokens; without streaming, in the middle of the body.</summary>
    [JsonStringEnumMemberName("cut_stream")]
    CutStream,

    /// <summary>Status 200 and a body that isn't JSON.</summary>
    [JsonStringEnumMemberName("garbage")]
    Garbage,

    /// <summary>A well-formed answer of no text.</summary>
    [JsonStringEnumMemberName("empty_answer")]
    EmptyAnswer,
}

/// <summary>Something to go wrong, how often and for how many requests.</summary>
/// <remarks>Settable, because a generated JSON reader gives init-only properties no default values.</remarks>
public sealed record Fault
{
    public FaultKind Kind { get; set; }

    /// <summary>HTTP status of <see cref="FaultKind.Status"/>, 400 to 599.</summary>
    [Range(400, 599)]
    public int Status { get; set; } = 503;

    /// <summary>Retry-After of <see cref="FaultKind.Status"/> in seconds, 0 to 3,600; null sends none.</summary>
    [Range(0, 3600)]
    public int? RetryAfterSeconds { get; set; }

    /// <summary>Of <see cref="FaultKind.Delay"/>, in milliseconds, 0 to 600,000.</summary>
    [Range(0, 600_000)]
    public int DelayMs { get; set; } = 1000;

    /// <summary>Of <see cref="FaultKind.CutStream"/>, 0 to 10,000.</summary>
    [Range(0, 10_000)]
    public int AfterTokens { get; set; } = 3;

    /// <summary>
    /// Share of the requests that it strikes, 0 to 1. Spread evenly and without chance: with 0.25 it strikes every fourth.
    /// </summary>
    [Range(0, 1d)]
    public double Rate { get; set; } = 1;

    /// <summary>How many requests it strikes before it is used up, 1 to 1,000,000; null for ever.</summary>
    [Range(1, 1_000_000)]
    public int? Count { get; set; }

    /// <summary>Strikes only this model; null strikes all.</summary>
    [MaxLength(128)]
    public string? Model { get; set; }
}
