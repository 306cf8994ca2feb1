using System.Security.Cryptography;
using System.Text.Json;
using Capibara6.Api.Files;
using Capibara6.Api.Json;
using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;

namespace Capibara6.Api.FileBatches;

/// <summary>Between OpenAI's shapes and Core's.</summary>
internal static class FileBatchMapping
{
    /// <param name="file">What the body names as a file.</param>
    public static FileBatchRequest ToRequest(this ChatBatchBody body, Guid file, Caller caller, string? idempotencyKey) =>
        new(file, body.Endpoint, body.CompletionWindow, caller)
        {
            Metadata = body.Metadata,
            OutputLifetime = body.OutputExpiresAfter is { } expiry ? TimeSpan.FromSeconds(expiry.Seconds) : null,
            IdempotencyKey = idempotencyKey,
            RequestHash = idempotencyKey is null ? null : SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body, ApiJson.Info<ChatBatchBody>())),
        };

    public static ChatBatch ToResponse(this FileBatchView batch)
    {
        var ended = batch.FinalizedAt?.ToUnixTimeSeconds();
        return new ChatBatch
        {
            Id = ChatIds.OfBatch(batch.Id),
            Endpoint = batch.Endpoint,
            Errors = batch.Problems.Count == 0
                ? null
                : new ChatBatchErrors([.. batch.Problems.Select(problem => new ChatBatchError(problem.Code, problem.Message, problem.Param, problem.Line))]),
            InputFileId = ChatIds.OfFile(batch.InputFileId),
            CompletionWindow = batch.CompletionWindow,
            Status = JsonNamingPolicy.SnakeCaseLower.ConvertName(batch.Status.ToString()),
            OutputFileId = batch.OutputFileId is { } output ? ChatIds.OfFile(output) : null,
            ErrorFileId = batch.ErrorFileId is { } errors ? ChatIds.OfFile(errors) : null,
            CreatedAt = batch.CreatedAt.ToUnixTimeSeconds(),
            InProgressAt = batch.StartedAt?.ToUnixTimeSeconds(),
            ExpiresAt = batch.ExpiresAt.ToUnixTimeSeconds(),
            FinalizingAt = batch.Status == FileBatchStatus.Failed ? null : batch.FinishedAt?.ToUnixTimeSeconds(),
            CompletedAt = batch.Status == FileBatchStatus.Completed ? ended : null,
            FailedAt = batch.Status == FileBatchStatus.Failed ? ended : null,
            ExpiredAt = batch.Status == FileBatchStatus.Expired ? ended : null,
            CancellingAt = batch.CancelledAt?.ToUnixTimeSeconds(),
            CancelledAt = batch.Status == FileBatchStatus.Cancelled ? ended : null,
            RequestCounts = new ChatBatchCounts(batch.Total, batch.Succeeded, batch.Failed),
            Metadata = batch.Metadata,
        };
    }
}
