using System.Globalization;
using Capibara6.Api.Access;
using Capibara6.Api.ChatCompletions;
using Capibara6.Api.Errors;
using Capibara6.Api.Limits;
using Capibara6.Core;
using Capibara6.Core.Files;
using Capibara6.Core.Identity;
using Capibara6.Core.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;

namespace Capibara6.Api.Files;

/// <summary>OpenAI's files, as far as batches need them. Each account has its own.</summary>
internal static class FileEndpoints
{
    private const int MaxPageSize = 10_000;

    public static void MapFiles(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/files").WithTags("OpenAI-compatible");
        group.MapPost("/", UploadAsync).WithName("createFile").WithChatFailures(400, 401, 403, 413, 415, 429, 500, 503)
            .RequirePermission(Permissions.Execute).LimitByAccount(RateLimitOptions.BatchPolicy).WithRequestTimeout(RequestLimits.StreamPolicy)
            .WithMetadata(new AcceptsMetadata(["multipart/form-data"], typeof(ChatFileForm)));
        group.MapGet("/", ListAsync).WithName("listFiles").WithChatFailures(400, 401, 403, 429, 500, 503).RequirePermission(Permissions.Read);
        group.MapGet("/{id}", FindAsync).WithName("getFile").WithChatFailures(401, 403, 404, 429, 500, 503).RequirePermission(Permissions.Read);
        group.MapGet("/{id}/content", ReadAsync).WithName("getFileContent").WithChatFailures(401, 403, 404, 429, 500, 503)
            .RequirePermission(Permissions.Read).WithRequestTimeout(RequestLimits.StreamPolicy)
            .WithMetadata(new ProducesResponseTypeMetadata(200, typeof(string), [FileContentResult.ContentType]));
        group.MapDelete("/{id}", DeleteAsync).WithName("deleteFile").WithChatFailures(401, 403, 404, 429, 500, 503)
            .RequirePermission(Permissions.Execute);
    }

    /// <summary>Upload a file for a batch</summary>
    /// <remarks>
    /// A form of parts: <c>purpose</c> is <c>batch</c>, <c>file</c> holds JSON Lines, and <c>expires_after[seconds]</c> may say how long
    /// it lives. 200 MiB and 30 days at most, unless the installation says otherwise.
    /// </remarks>
    /// <response code="200">The file.</response>
    internal static async Task<Results<Ok<ChatFile>, FailureResult>> UploadAsync(
        FileUpload upload, CurrentCaller caller, IFiles files, CancellationToken cancellationToken) =>
        (await files.StoreAsync(upload.File, caller.Caller, cancellationToken)).ToResult(file => TypedResults.Ok(ChatFile.From(file)));

    /// <summary>List your files</summary>
    /// <param name="purpose">Only those of this purpose.</param>
    /// <param name="limit">Files on a page: 1 to 10,000, 10,000 by default.</param>
    /// <param name="after">The <c>last_id</c> of the page before this one.</param>
    /// <param name="order"><c>desc</c>, newest first, or <c>asc</c>.</param>
    /// <response code="200">A page of files.</response>
    internal static async Task<Results<Ok<ChatFileList>, FailureResult>> ListAsync(
        CurrentCaller caller, IFiles files, string? purpose, string? limit, string? after, string? order, CancellationToken cancellationToken)
    {
        var size = MaxPageSize;
        if (limit is not null
            && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out size) && size is >= 1 and <= MaxPageSize))
        {
            return new FailureResult(Failures.InvalidParameter("limit", $"a whole number from 1 to {MaxPageSize}"));
        }

        if (order is not (null or "asc" or "desc"))
        {
            return new FailureResult(Failures.InvalidParameter("order", "asc or desc"));
        }

        var last = ChatIds.ReadFile(after);
        if (after is not null && last is null)
        {
            return new FailureResult(Failures.InvalidParameter("after", "the id of a file"));
        }

        var outcome = await files.ListAsync(caller.Caller, purpose, last, size, order == "asc", cancellationToken);
        return outcome.ToResult(page => TypedResults.Ok(new ChatFileList(
            [.. page.Select(ChatFile.From)],
            page.Count == 0 ? null : ChatIds.OfFile(page[0].Id),
            page.Count == 0 ? null : ChatIds.OfFile(page[^1].Id),
            page.Count == size)));
    }

    /// <summary>Get a file</summary>
    /// <param name="id">The file's id.</param>
    /// <response code="200">The file, without its content.</response>
    internal static async Task<Results<Ok<ChatFile>, FailureResult>> FindAsync(
        string id, CurrentCaller caller, IFiles files, CancellationToken cancellationToken) =>
        (await FindStoredAsync(id, caller, files, cancellationToken)).ToResult(file => TypedResults.Ok(ChatFile.From(file)));

    /// <summary>Read a file</summary>
    /// <param name="id">The file's id.</param>
    /// <response code="200">Its bytes.</response>
    internal static async Task<Results<FileContentResult, FailureResult>> ReadAsync(
        string id, CurrentCaller caller, IFiles files, CancellationToken cancellationToken) =>
        (await FindStoredAsync(id, caller, files, cancellationToken)).ToResult(file => new FileContentResult(file, files));

    /// <summary>Delete a file</summary>
    /// <remarks>Batches that were made of it go on.</remarks>
    /// <param name="id">The file's id.</param>
    /// <response code="200">It is gone.</response>
    internal static async Task<Results<Ok<ChatFileDeleted>, FailureResult>> DeleteAsync(
        string id, CurrentCaller caller, IFiles files, CancellationToken cancellationToken)
    {
        Outcome<Guid> outcome = ChatIds.ReadFile(id) is { } known ? await files.DeleteAsync(known, caller.Caller, cancellationToken) : NoSuchFile;
        return outcome.ToResult(gone => TypedResults.Ok(new ChatFileDeleted(ChatIds.OfFile(gone))));
    }

    private static async Task<Outcome<FileView>> FindStoredAsync(string id, CurrentCaller caller, IFiles files, CancellationToken cancellationToken) =>
        ChatIds.ReadFile(id) is { } known ? await files.FindAsync(known, caller.Caller, cancellationToken) : NoSuchFile;

    private static Failure NoSuchFile { get; } = new(
        FailureCodes.FileNotFound, FailureKind.NotFound, "There is no file of that id; GET /v1/files lists yours.") { Field = "id" };
}
