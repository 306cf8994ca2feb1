using System.Globalization;
using Capibara6.Api.Access;
using Capibara6.Api.ChatCompletions;
using Capibara6.Api.Errors;
using Capibara6.Api.Files;
using Capibara6.Api.Json;
using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;
using Capibara6.Core.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Capibara6.Api.FileBatches;

/// <summary>OpenAI's batches, on the same engine as <c>/api/v1/batch</c>. Each account has its own.</summary>
internal static class FileBatchEndpoints
{
    private const int DefaultPageSize = 20;
    private const int MaxPageSize = 100;

    public static void MapFileBatches(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/batches").WithTags("OpenAI-compatible");
        group.MapPost("/", CreateAsync).WithName("createOpenAIBatch").WithChatFailures(400, 401, 403, 404, 409, 413, 415, 429, 500, 503)
            .RequirePermission(Permissions.Execute).LimitByAccount(RateLimitOptions.BatchPolicy);
        group.MapGet("/", ListAsync).WithName("listOpenAIBatches").WithChatFailures(400, 401, 403, 429, 500, 503).RequirePermission(Permissions.Read);
        group.MapGet("/{id}", FindAsync).WithName("getOpenAIBatch").WithChatFailures(401, 403, 404, 429, 500, 503).RequirePermission(Permissions.Read);
        group.MapPost("/{id}/cancel", CancelAsync).WithName("cancelOpenAIBatch").WithChatFailures(401, 403, 404, 409, 429, 500, 503)
            .RequirePermission(Permissions.Read);
    }

    /// <summary>Have the calls of a file answered</summary>
    /// <remarks>
    /// Each line is an object with <c>custom_id</c>, <c>method</c> (POST), <c>url</c> (the endpoint) and <c>body</c>; lines are taken as
    /// the calls over HTTP are, at most 1 MiB each. A file with wrong lines makes a batch of status <c>failed</c> whose <c>errors</c> name
    /// them. When it ends, the answers are in the output file and the rest in the error file.
    /// </remarks>
    /// <param name="idempotencyKey">Your own name for this request: sent again, it gives the batch that it made, and files no other.</param>
    /// <response code="200">The batch.</response>
    internal static async Task<Results<Ok<ChatBatch>, FailureResult>> CreateAsync(
        JsonBody<ChatBatchBody> body,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        CurrentCaller caller,
        IFileBatches batches,
        CancellationToken cancellationToken)
    {
        if (ChatIds.ReadFile(body.Value.InputFileId) is not { } file)
        {
            return new FailureResult(new Failure(FailureCodes.FileNotFound, FailureKind.NotFound, "There is no file of that id; GET /v1/files lists yours.")
            {
                Field = "input_file_id",
            });
        }

        var outcome = await batches.CreateAsync(body.Value.ToRequest(file, caller.Caller, idempotencyKey), cancellationToken);
        return outcome.ToResult(batch => TypedResults.Ok(batch.ToResponse()));
    }

    /// <summary>List your batches</summary>
    /// <param name="limit">Batches on a page: 1 to 100, 20 by default.</param>
    /// <param name="after">The <c>last_id</c> of the page before this one.</param>
    /// <response code="200">A page of batches, newest first.</response>
    internal static async Task<Results<Ok<ChatBatchList>, FailureResult>> ListAsync(
        CurrentCaller caller, IFileBatches batches, string? limit, string? after, CancellationToken cancellationToken)
    {
        var size = DefaultPageSize;
        if (limit is not null
            && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out size) && size is >= 1 and <= MaxPageSize))
        {
            return new FailureResult(Failures.InvalidParameter("limit", $"a whole number from 1 to {MaxPageSize}"));
        }

        var last = ChatIds.ReadBatch(after);
        if (after is not null && last is null)
        {
            return new FailureResult(Failures.InvalidParameter("after", "the id of a batch"));
        }

        // One more than is shown says whether there are more.
        var outcome = await batches.ListAsync(caller.Caller, last, size + 1, cancellationToken);
        return outcome.ToResult(found =>
        {
            ChatBatch[] page = [.. found.Take(size).Select(batch => batch.ToResponse())];
            return TypedResults.Ok(new ChatBatchList(page, page.FirstOrDefault()?.Id, page.LastOrDefault()?.Id, found.Count > size));
        });
    }

    /// <summary>Get a batch</summary>
    /// <param name="id">The batch's id.</param>
    /// <response code="200">The batch and how far it has come.</response>
    internal static async Task<Results<Ok<ChatBatch>, FailureResult>> FindAsync(
        string id, CurrentCaller caller, IFileBatches batches, CancellationToken cancellationToken)
    {
        var outcome = ChatIds.ReadBatch(id) is { } known ? await batches.FindAsync(known, caller.Caller, cancellationToken) : NoSuchBatch;
        return outcome.ToResult(batch => TypedResults.Ok(batch.ToResponse()));
    }

    /// <summary>Cancel a batch</summary>
    /// <remarks>What has an answer keeps it, and is found in the output file.</remarks>
    /// <param name="id">The batch's id.</param>
    /// <response code="200">The batch as it is now.</response>
    internal static async Task<Results<Ok<ChatBatch>, FailureResult>> CancelAsync(
        string id, CurrentCaller caller, IFileBatches batches, CancellationToken cancellationToken)
    {
        var outcome = ChatIds.ReadBatch(id) is { } known ? await batches.CancelAsync(known, caller.Caller, cancellationToken) : NoSuchBatch;
        return outcome.ToResult(batch => TypedResults.Ok(batch.ToResponse()));
    }

    private static Failure NoSuchBatch { get; } = new(
        FailureCodes.BatchNotFound, FailureKind.NotFound, "There is no batch of that id; GET /v1/batches lists yours.") { Field = "id" };
}
