using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Capibara6.Api.Json;
using Capibara6.Api.Queries;
using Capibara6.Core.Jobs;
using Capibara6.Core.Queries;

namespace Capibara6.Api.Batches;

/// <summary>Questions to be answered in the background.</summary>
internal sealed record BatchBody
{
    /// <summary>The questions, 1 to 10,000: each a string, or an object with settings of its own.</summary>
    [Length(1, QueryLimits.MaxBatchSize)]
    public required IReadOnlyList<StringOr<BatchItemBody>> Queries { get; init; }

    /// <summary>Workers take higher priorities first; <c>medium</c> by default.</summary>
    public BatchPriority? Priority { get; init; }

    /// <summary>What has not begun by this moment ends as <c>batch_expired</c>; what is answered stays. None by default.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Who is told when it has ended; nobody by default.</summary>
    public BatchWebhookBody? Webhook { get; init; }
}

/// <summary>Who is told when a batch has ended, by the Standard Webhooks: a signed POST, sent again with growing waits until it is answered with 2xx.</summary>
internal sealed record BatchWebhookBody
{
    /// <summary>An https address of the internet.</summary>
    [StringLength(2_048, MinimumLength = 1)]
    public required string Url { get; init; }

    /// <summary><c>whsec_</c> and 24 to 64 random bytes in base64; kept until the message is delivered.</summary>
    [StringLength(128, MinimumLength = 1)]
    public required string Secret { get; init; }
}

/// <summary>A question of a batch with settings of its own.</summary>
internal sealed record BatchItemBody
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

    /// <summary>Your own name for this question; it comes back with the result.</summary>
    public string? CustomId { get; init; }
}

/// <summary>A batch and how far it has come: total = pending + running + succeeded + failed + cancelled.</summary>
internal sealed record BatchResponse
{
    /// <summary>UUIDv7 of the batch.</summary>
    public required Guid Id { get; init; }

    /// <summary>Where it stands.</summary>
    public required BatchStatus Status { get; init; }

    /// <summary>Its priority.</summary>
    public required BatchPriority Priority { get; init; }

    /// <summary>Questions in all.</summary>
    public required int Total { get; init; }

    /// <summary>Questions that no worker has begun.</summary>
    public required int Pending { get; init; }

    /// <summary>Questions that workers are at.</summary>
    public required int Running { get; init; }

    /// <summary>Questions that were answered.</summary>
    public required int Succeeded { get; init; }

    /// <summary>Questions that ended in an error.</summary>
    public required int Failed { get; init; }

    /// <summary>Questions that were cancelled before they had an outcome.</summary>
    public required int Cancelled { get; init; }

    /// <summary>When it was accepted, in UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a worker first began, in UTC; null before.</summary>
    public required DateTimeOffset? StartedAt { get; init; }

    /// <summary>When what has not begun is not begun any more, in UTC; null for never.</summary>
    public required DateTimeOffset? Deadline { get; init; }

    /// <summary>When its last question ended, in UTC; null before.</summary>
    public required DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>A page of batches.</summary>
/// <param name="Batches">Newest first.</param>
/// <param name="NextBefore">Give it as <c>before</c> to get the next page; null on the last one.</param>
internal sealed record BatchListResponse(IReadOnlyList<BatchResponse> Batches, Guid? NextBefore);

/// <summary>The outcome of one question of a batch: a result, or an error.</summary>
internal sealed record BatchItemResponse
{
    /// <summary>Place in the batch, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>Your own name for the question; null when you gave none.</summary>
    public required string? CustomId { get; init; }

    /// <summary>The answer; null when there is an error.</summary>
    public required QueryResponse? Result { get; init; }

    /// <summary>Why there is no answer; null when there is one.</summary>
    public required BatchErrorView? Error { get; init; }

    /// <summary>How often a worker began it.</summary>
    public required int Attempts { get; init; }
}

/// <summary>Why a question of a batch has no answer.</summary>
/// <param name="Code">Stable code in snake_case, as in problem details.</param>
/// <param name="Message">The reason in words.</param>
internal sealed record BatchErrorView(string Code, string Message);
