using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Capibara6.Api.Json;
using Capibara6.Core.Queries;

namespace Capibara6.Api.Queries;

/// <summary>A question for a model.</summary>
/// <remarks>The ranges are for the document; Core decides, for every edge alike.</remarks>
internal sealed record QueryBody
{
    /// <summary>The question: 1 to 32,000 characters.</summary>
    [StringLength(QueryLimits.MaxQueryLength, MinimumLength = 1)]
    public required string Query { get; init; }

    /// <summary>Material that belongs to the question, by name; at most 32,000 characters in all.</summary>
    [JsonConverter(typeof(TextMapConverter))]
    public IReadOnlyDictionary<string, string>? Context { get; init; }

    /// <summary>Id of a model, or <c>auto</c> (the default) to let the router choose.</summary>
    public string? Model { get; init; }

    /// <summary>Bound on the answer in tokens: 1 to 32,768.</summary>
    [Range(1, 32_768)]
    public int? MaxTokens { get; init; }

    /// <summary>Sampling temperature: 0 (steady) to 2 (adventurous).</summary>
    [Range(0d, 2d)]
    public float? Temperature { get; init; }

    /// <summary>Whether a cached answer will do; true by default.</summary>
    public bool? UseCache { get; init; }

    /// <summary>What else is done with the answer.</summary>
    public QueryOptionsBody? Options { get; init; }
}

/// <summary>What is done with an answer.</summary>
internal sealed record QueryOptionsBody
{
    /// <summary>
    /// Whether code of the answer is run in the sandbox: <c>never</c> (the default), <c>auto</c> (code that names its language, where a sandbox
    /// runs it), or <c>always</c> (also code whose language must be guessed; fails where there is no sandbox).
    /// Code that fails goes back to the model with its error, at most twice; each of those calls is charged.
    /// </summary>
    public CodeExecution? Execute { get; init; }
}

/// <summary>A complete answer and how it came about.</summary>
internal sealed record QueryResponse
{
    /// <summary>UUIDv7 of this answer.</summary>
    public required Guid Id { get; init; }

    /// <summary>The question as it was asked.</summary>
    public required string Query { get; init; }

    /// <summary>The answer's text.</summary>
    public required string Result { get; init; }

    /// <summary>The model that answered; differs from <c>routing.selected_model</c> after a fallback.</summary>
    public required string ModelUsed { get; init; }

    /// <summary>Which model was chosen, and why.</summary>
    public required RoutingView Routing { get; init; }

    /// <summary>What context enrichment added.</summary>
    public required AceView Ace { get; init; }

    /// <summary>The last run of the answer's code; null when nothing was run.</summary>
    public required E2bView? E2b { get; init; }

    /// <summary>Whether the answer came from the cache.</summary>
    public required bool Cached { get; init; }

    /// <summary>What the answer cost; zero when it came from the cache.</summary>
    public required UsageView Usage { get; init; }

    /// <summary>Time from the request's arrival to the answer, in milliseconds.</summary>
    public required double ProcessingTimeMs { get; init; }

    /// <summary>When the answer was given, in UTC.</summary>
    public required DateTimeOffset Timestamp { get; init; }
}

/// <summary>Which model was chosen, and why.</summary>
internal sealed record RoutingView
{
    /// <summary>How sure the router is that the 20B model will do, from 0 to 1.</summary>
    [JsonPropertyName("model_20b_confidence")]
    public required double Model20bConfidence { get; init; }

    /// <summary>How sure the router is that the 120B model is needed, from 0 to 1.</summary>
    [JsonPropertyName("model_120b_confidence")]
    public required double Model120bConfidence { get; init; }

    /// <summary>Id of the model that was chosen.</summary>
    public required string SelectedModel { get; init; }

    /// <summary>The decision in words.</summary>
    public required string Reasoning { get; init; }

    /// <summary>How hard the question looks, from 0 to 1.</summary>
    public required double Complexity { get; init; }

    /// <summary>What the question is about, such as <c>code</c> or <c>general</c>.</summary>
    public required string Domain { get; init; }
}

/// <summary>What context enrichment added.</summary>
internal sealed record AceView
{
    /// <summary>The context that was added; empty when none was.</summary>
    public required string EnhancedContext { get; init; }

    /// <summary>How well the playbook covers the question, from 0 to 1.</summary>
    public required double AwarenessScore { get; init; }

    /// <summary>Name of the playbook; null when none applied.</summary>
    public required string? PlaybookUsed { get; init; }
}

/// <summary>The run of an answer's code in the sandbox.</summary>
internal sealed record E2bView
{
    /// <summary>Whether the code ran to its end without an error.</summary>
    public required bool ExecutionSuccess { get; init; }

    /// <summary>What it printed.</summary>
    public required string Output { get; init; }

    /// <summary>What went wrong; null when nothing did.</summary>
    public required string? Error { get; init; }

    /// <summary>How long it ran, in milliseconds.</summary>
    public required double ExecutionTimeMs { get; init; }

    /// <summary>The code's language.</summary>
    public required string Language { get; init; }

    /// <summary>How many rounds it took, 1 to 3.</summary>
    public required int Attempts { get; init; }
}

/// <summary>What an answer cost.</summary>
internal sealed record UsageView
{
    /// <summary>Tokens sent to the model.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Tokens that the model wrote.</summary>
    public required int CompletionTokens { get; init; }

    /// <summary>The price in US dollars.</summary>
    public required decimal CostUsd { get; init; }
}

/// <summary>A piece of an answer's text.</summary>
/// <param name="Text">The piece, as it came from the model.</param>
internal sealed record TokenView(string Text);
