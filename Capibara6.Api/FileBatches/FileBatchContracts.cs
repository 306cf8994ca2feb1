using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Capibara6.Api.Json;

namespace Capibara6.Api.FileBatches;

/// <summary>A batch of OpenAI's: the calls of a file. Fields that are not known here are passed over.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record ChatBatchBody
{
    /// <summary>A file of purpose <c>batch</c>: a call on each line, at most 10,000.</summary>
    public required string InputFileId { get; init; }

    /// <summary>The path that all its lines call, such as <c>/v1/chat/completions</c> or <c>/v1/embeddings</c>.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Hours after which what has not begun has expired, such as <c>24h</c>: 1 to 168.</summary>
    public required string CompletionWindow { get; init; }

    /// <summary>At most 16 texts of your own, by name.</summary>
    [JsonConverter(typeof(TextMapConverter))]
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>How long the files of its outcomes live; as long as any file by default.</summary>
    public ChatExpiry? OutputExpiresAfter { get; init; }
}

/// <summary>When a file goes.</summary>
internal sealed record ChatExpiry
{
    /// <summary>Always <c>created_at</c>.</summary>
    [AllowedValues("created_at")]
    public required string Anchor { get; init; }

    /// <summary>Seconds after that, 3,600 and more.</summary>
    public required int Seconds { get; init; }
}

/// <summary>A batch, in OpenAI's shape. Times are in seconds since 1970.</summary>
internal sealed record ChatBatch
{
    /// <summary>Begins with <c>batch_</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Always <c>batch</c>.</summary>
    public string Object { get; init; } = "batch";

    /// <summary>The path that its lines call.</summary>
    public required string Endpoint { get; init; }

    /// <summary>What is wrong with its file; null when nothing is.</summary>
    public required ChatBatchErrors? Errors { get; init; }

    /// <summary>The file with its calls.</summary>
    public required string InputFileId { get; init; }

    /// <summary>As it was asked for.</summary>
    public required string CompletionWindow { get; init; }

    /// <summary><c>in_progress</c>, <c>finalizing</c>, <c>completed</c>, <c>failed</c>, <c>expired</c>, <c>cancelling</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The file with its answers; null before the end, or without any.</summary>
    public required string? OutputFileId { get; init; }

    /// <summary>The file with the calls that have no answer, and why; null before the end, or without any.</summary>
    public required string? ErrorFileId { get; init; }

    /// <summary>When it was accepted.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>When a worker first began.</summary>
    public required long? InProgressAt { get; init; }

    /// <summary>When what has not begun has expired.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary>When its last call ended.</summary>
    public required long? FinalizingAt { get; init; }

    /// <summary>When it was completed.</summary>
    public required long? CompletedAt { get; init; }

    /// <summary>When its file was refused.</summary>
    public required long? FailedAt { get; init; }

    /// <summary>When it ended without all of its calls.</summary>
    public required long? ExpiredAt { get; init; }

    /// <summary>When it was asked to be cancelled.</summary>
    public required long? CancellingAt { get; init; }

    /// <summary>When it was.</summary>
    public required long? CancelledAt { get; init; }

    /// <summary>How far it has come.</summary>
    public required ChatBatchCounts RequestCounts { get; init; }

    /// <summary>The texts that were filed with it.</summary>
    public required IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>How many calls.</summary>
/// <param name="Total">In all.</param>
/// <param name="Completed">With an answer.</param>
/// <param name="Failed">With an error.</param>
internal sealed record ChatBatchCounts(int Total, int Completed, int Failed);

/// <summary>What is wrong with a batch's file.</summary>
/// <param name="Data">Line by line, 50 at most.</param>
internal sealed record ChatBatchErrors(IReadOnlyList<ChatBatchError> Data)
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";
}

/// <summary>What is wrong with a line.</summary>
/// <param name="Code">Stable code in snake_case.</param>
/// <param name="Message">For people.</param>
/// <param name="Param">The field that is wrong.</param>
/// <param name="Line">From 1; null when it is about the whole.</param>
internal sealed record ChatBatchError(string Code, string Message, string? Param, int? Line);

/// <summary>A page of batches.</summary>
/// <param name="Data">Newest first.</param>
/// <param name="FirstId">Of the first on this page; null without one.</param>
/// <param name="LastId">Give it as <c>after</c> to get the next page.</param>
/// <param name="HasMore">Whether there is a next page.</param>
internal sealed record ChatBatchList(IReadOnlyList<ChatBatch> Data, string? FirstId, string? LastId, bool HasMore)
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";
}
