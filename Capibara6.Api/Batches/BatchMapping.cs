using Capibara6.Api.Json;
using Capibara6.Api.Queries;
using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;
using Capibara6.Core.Queries;

namespace Capibara6.Api.Batches;

/// <summary>Between the wire's words and Core's.</summary>
internal static class BatchMapping
{
    public static BatchRequest ToRequest(this BatchUpload upload, Caller caller, string? idempotencyKey) =>
        new(upload.Items, upload.Head.Priority ?? BatchPriority.Medium, caller)
        {
            Deadline = upload.Head.Deadline, IdempotencyKey = idempotencyKey, RequestHash = upload.Hash,
            Webhook = upload.Head.Webhook is { } webhook ? new BatchWebhook(webhook.Url, webhook.Secret) : null,
        };

    public static BatchResponse ToResponse(this BatchView batch) => new()
    {
        Id = batch.Id,
        Status = batch.Status,
        Priority = batch.Priority,
        Total = batch.Total,
        Pending = batch.Pending,
        Running = batch.Running,
        Succeeded = batch.Succeeded,
        Failed = batch.Failed,
        Cancelled = batch.Cancelled,
        CreatedAt = batch.CreatedAt,
        StartedAt = batch.StartedAt,
        FinishedAt = batch.FinishedAt,
        Deadline = batch.Deadline,
    };

    public static BatchItemResponse ToResponse(this BatchItemResult item) => new()
    {
        Index = item.Index,
        CustomId = item.CustomId,
        Result = item.Result?.ToResponse(),
        Error = item.Error is { } error ? new BatchErrorView(error.Code, error.Message) : null,
        Attempts = item.Attempts,
    };

    public static BatchItem ToItem(this StringOr<BatchItemBody> entry)
    {
        if (entry.Value is not { } body)
        {
            return new BatchItem(entry.Text ?? "");
        }

        var item = new BatchItem(body.Query)
        {
            CustomId = body.CustomId, MaxTokens = body.MaxTokens, Temperature = body.Temperature, UseCache = body.UseCache ?? true,
            Execute = body.Options?.Execute ?? CodeExecution.Never,
        };
        item = body.Model is { } model ? item with { Model = model } : item;
        return body.Context is { } context ? item with { Context = context } : item;
    }
}
