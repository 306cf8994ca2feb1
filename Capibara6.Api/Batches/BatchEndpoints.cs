using System.Globalization;
using Capibara6.Api.Access;
using Capibara6.Api.Errors;
using Capibara6.Api.Limits;
using Capibara6.Api.Streaming;
using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;
using Capibara6.Core.Queries;
using Capibara6.Core.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Capibara6.Api.Batches;

internal static class BatchEndpoints
{
    private const int DefaultPageSize = 20;
    private const int MaxPageSize = 100;

    public static void MapBatches(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/batch")
            .WithTags("Batches")
            .WithFailures(401, 403, 429, 500, 503);

        group.MapPost("/", AcceptAsync).WithName("createBatch").WithFailures(400, 409, 413, 415)
            .RequirePermission(Permissions.Execute).LimitByAccount(RateLimitOptions.BatchPolicy);

        // Of these each caller sees and cancels their own; administrators all.
        group = group.MapGroup("").RequirePermission(Permissions.Read);
        group.MapGet("/", ListAsync).WithName("listBatches").WithFailures(400);
        group.MapGet("/{id}", FindAsync).WithName("getBatch").WithFailures(404);
        group.MapGet("/{id}/results", ReadResultsAsync).WithName("getBatchResults").WithFailures(400, 404)
            .WithRequestTimeout(RequestLimits.StreamPolicy)
            .WithMetadata(new ProducesResponseTypeMetadata(200, typeof(BatchItemResponse), [JsonLinesResult.ContentType]));
        group.MapGet("/{id}/events", WatchAsync).WithName("watchBatch").WithFailures(404)
            .WithRequestTimeout(RequestLimits.StreamPolicy)
            .WithMetadata(new ProducesResponseTypeMetadata(200, typeof(string), [EventStream.ContentType]));
        group.MapDelete("/{id}", CancelAsync).WithName("cancelBatch").WithFailures(404, 409);
    }

    /// <summary>Hand in a batch</summary>
    /// <remarks>
    /// The whole batch is stored in one transaction, or nothing of it. Workers answer its questions in the background;
    /// <c>Location</c> says where to look. The body may have 200 MiB, unless the installation says otherwise.
    /// </remarks>
    /// <param name="idempotencyKey">Your own name for this request: sent again, it gives the batch that it made, and files no other.</param>
    /// <response code="202">The batch was accepted.</response>
    internal static async Task<Results<Accepted<BatchResponse>, FailureResult>> AcceptAsync(
        BatchUpload body,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        CurrentCaller caller,
        IBatches batches,
        CancellationToken cancellationToken)
    {
        var outcome = await batches.AcceptAsync(body.ToRequest(caller.Caller, idempotencyKey), cancellationToken);
        return outcome.ToResult(batch => TypedResults.Accepted($"/api/v1/batch/{batch.Id}", batch.ToResponse()));
    }

    /// <summary>List your batches</summary>
    /// <param name="limit">Batches on a page: 1 to 100, 20 by default.</param>
    /// <param name="before">The <c>next_before</c> of the page before this one.</param>
    /// <response code="200">A page of batches, newest first.</response>
    internal static async Task<Results<Ok<BatchListResponse>, FailureResult>> ListAsync(
        CurrentCaller caller, IBatches batches, string? limit, string? before, CancellationToken cancellationToken)
    {
        var size = DefaultPageSize;
        if (limit is not null
            && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out size) && size is >= 1 and <= MaxPageSize))
        {
            return new FailureResult(Failures.InvalidParameter("limit", $"a whole number from 1 to {MaxPageSize}"));
        }

        Guid last = default;
        if (before is not null && !Guid.TryParse(before, out last))
        {
            return new FailureResult(Failures.InvalidParameter("before", "the id of a batch"));
        }

        var outcome = await batches.ListAsync(caller.Caller, before is null ? null : last, size, cancellationToken);
        return outcome.ToResult(page => TypedResults.Ok(new BatchListResponse(
            [.. page.Select(BatchMapping.ToResponse)], page.Count == size ? page[^1].Id : null)));
    }

    /// <summary>Get a batch</summary>
    /// <param name="id">The batch's id.</param>
    /// <response code="200">The batch and how far it has come.</response>
    internal static async Task<Results<Ok<BatchResponse>, FailureResult>> FindAsync(
        string id, CurrentCaller caller, IBatches batches, CancellationToken cancellationToken)
    {
        var outcome = Guid.TryParse(id, out var batchId) ? await batches.FindAsync(batchId, caller.Caller, cancellationToken) : NoSuchBatch;
        return outcome.ToResult(batch => TypedResults.Ok(batch.ToResponse()));
    }

    /// <summary>Read a batch's results</summary>
    /// <remarks>JSON Lines: one outcome a line, in the batch's order, those that are there so far; all, or a page of them.</remarks>
    /// <param name="id">The batch's id.</param>
    /// <param name="after">Only outcomes after this index: that of the last one you have.</param>
    /// <param name="limit">Outcomes at most, 1 to 10,000; all by default.</param>
    /// <response code="200">The outcomes, one a line.</response>
    internal static async Task<Results<JsonLinesResult, FailureResult>> ReadResultsAsync(
        string id, CurrentCaller caller, IBatches batches, CancellationToken cancellationToken, string? after = null, string? limit = null)
    {
        if (!Guid.TryParse(id, out var batchId))
        {
            return new FailureResult(NoSuchBatch);
        }

        var last = -1;
        if (after is not null && !int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out last))
        {
            return new FailureResult(Failures.InvalidParameter("after", "the index of an outcome"));
        }

        int? most = null;
        if (limit is not null)
        {
            if (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size is < 1 or > QueryLimits.MaxBatchSize)
            {
                return new FailureResult(Failures.InvalidParameter("limit", $"a whole number from 1 to {QueryLimits.MaxBatchSize}"));
            }

            most = size;
        }

        var outcome = await batches.ReadResultsAsync(batchId, caller.Caller, cancellationToken, last, most);
        return outcome.ToResult(items => new JsonLinesResult(items));
    }

    /// <summary>Watch a batch</summary>
    /// <remarks>
    /// Server-sent events: <c>progress</c> with the batch now and whenever it has come along, <c>done</c> when it has
    /// ended, <c>error</c> with problem details when it can't be watched any longer.
    /// </remarks>
    /// <param name="id">The batch's id.</param>
    /// <response code="200">The events.</response>
    internal static async Task<Results<EventStreamResult<Outcome<BatchView>>, FailureResult>> WatchAsync(
        string id, CurrentCaller caller, IBatches batches, TimeProvider time, CancellationToken cancellationToken)
    {
        var outcome = Guid.TryParse(id, out var batchId) ? await batches.FindAsync(batchId, caller.Caller, cancellationToken) : NoSuchBatch;
        return outcome.ToResult(batch => new EventStreamResult<Outcome<BatchView>>(
            [], BatchEvents.WatchAsync(batch, batches, caller.Caller, time, cancellationToken).GetAsyncEnumerator(cancellationToken), new BatchEvents()));
    }

    /// <summary>Cancel a batch</summary>
    /// <remarks>Ends what has no outcome yet: what waits at once, what runs within a second. What is done stays.</remarks>
    /// <param name="id">The batch's id.</param>
    /// <response code="200">The batch as it is now.</response>
    internal static async Task<Results<Ok<BatchResponse>, FailureResult>> CancelAsync(
        string id, CurrentCaller caller, IBatches batches, CancellationToken cancellationToken)
    {
        var outcome = Guid.TryParse(id, out var batchId) ? await batches.CancelAsync(batchId, caller.Caller, cancellationToken) : NoSuchBatch;
        return outcome.ToResult(batch => TypedResults.Ok(batch.ToResponse()));
    }

    // What can't be an id is the id of nothing.
    private static Failure NoSuchBatch { get; } = new(
        FailureCodes.BatchNotFound, FailureKind.NotFound, "There is no batch of that id; GET /api/v1/batch lists yours.");
}
