namespace Capibara6.Core.Queries;

/// <summary>A complete answer and how it came about. Serialised in snake_case over REST, camelCase over GraphQL.</summary>
public sealed record QueryResult
{
    /// <summary>UUIDv7 of this answer.</summary>
    public required Guid Id { get; init; }

    public required string Query { get; init; }

    /// <summary>The answer's text.</summary>
    public required string Result { get; init; }

    /// <summary>Id of the model that answered; differs from <see cref="RoutingResult.SelectedModel"/> after a fallback.</summary>
    public required string ModelUsed { get; init; }

    public required RoutingResult Routing { get; init; }

    public required AceResult Ace { get; init; }

    /// <summary>The last run of the answer's code; null when it holds none or nothing was run.</summary>
    public E2bResult? E2b { get; init; }

    public required bool Cached { get; init; }

    public required QueryUsage Usage { get; init; }

    /// <summary>From the request's arrival in the pipeline to its answer, in milliseconds.</summary>
    public required double ProcessingTimeMs { get; init; }

    public required DateTimeOffset Timestamp { get; init; }
}

/// <summary>Which model was chosen, and why. Confidences are in [0, 1].</summary>
public sealed record RoutingResult
{
    public required double Model20bConfidence { get; init; }
    public required double Model120bConfidence { get; init; }
    public required string SelectedModel { get; init; }

    /// <summary>The decision in words.</summary>
    public required string Reasoning { get; init; }

    /// <summary>How hard the query looks, in [0, 1].</summary>
    public required double Complexity { get; init; }

    /// <summary>code, mathematics, writing, general, …</summary>
    public required string Domain { get; init; }
}

/// <summary>What enrichment added (agentic context engineering).</summary>
public sealed record AceResult
{
    /// <summary>The context that was added; empty when none was.</summary>
    public required string EnhancedContext { get; init; }

    /// <summary>How well the playbook covers the query, in [0, 1].</summary>
    public required double AwarenessScore { get; init; }

    /// <summary>Name of the playbook; null when none applied.</summary>
    public string? PlaybookUsed { get; init; }

    /// <summary>Ids of the bullets that were added, for those who judge the answer; not shown at the edges.</summary>
    public IReadOnlyList<Guid> Bullets { get; init; } = [];
}

/// <summary>The run of an answer's code in the sandbox.</summary>
public sealed record E2bResult
{
    public required bool ExecutionSuccess { get; init; }
    public required string Output { get; init; }
    public string? Error { get; init; }
    public required double ExecutionTimeMs { get; init; }
    public required string Language { get; init; }

    /// <summary>How many rounds it took, 1 to 3.</summary>
    public required int Attempts { get; init; }
}

/// <summary>What the answer cost. Zero for a cached answer.</summary>
public sealed record QueryUsage
{
    public required int PromptTokens { get; init; }
    public required int CompletionTokens { get; init; }
    public required decimal CostUsd { get; init; }
}
