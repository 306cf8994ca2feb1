using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Capibara6.Api.Health;

/// <summary>How this replica and everything it needs is.</summary>
internal sealed record DetailedHealthResponse
{
    /// <summary>The worst of the parts.</summary>
    public required HealthStatus Status { get; init; }

    /// <summary>Version of this service.</summary>
    public required string Version { get; init; }

    /// <summary>The .NET runtime it runs on.</summary>
    public required string Runtime { get; init; }

    /// <summary>Versions of <c>postgresql</c>, <c>redis</c> and the database's <c>schema</c> (its newest migration), of those that answer.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>When this replica started, in UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long the checks took in all, in milliseconds.</summary>
    public required double DurationMs { get; init; }

    /// <summary>The parts by name.</summary>
    public required IReadOnlyDictionary<string, HealthPartView> Parts { get; init; }
}

/// <summary>How one part is.</summary>
internal sealed record HealthPartView
{
    /// <summary>healthy, degraded or unhealthy.</summary>
    public required HealthStatus Status { get; init; }

    /// <summary>How long its check took, in milliseconds: for a dependency its latency.</summary>
    public required double DurationMs { get; init; }

    /// <summary>What the check says; null when it says nothing.</summary>
    public required string? Description { get; init; }

    /// <summary>Facts that the check found, such as versions.</summary>
    public required IReadOnlyDictionary<string, string> Data { get; init; }
}
