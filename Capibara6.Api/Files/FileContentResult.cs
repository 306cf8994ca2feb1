using Capibara6.Core.Files;

namespace Capibara6.Api.Files;

/// <summary>Sends a file piece by piece: the largest needs no more memory than the smallest.</summary>
internal sealed class FileContentResult(FileView file, IFiles files) : IResult
{
    public const string ContentType = "application/octet-stream";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        // The first piece is read before the status is sent: a database that is away is a 503.
        await using var pieces = files.ReadAsync(file.Id, httpContext.RequestAborted).GetAsyncEnumerator(httpContext.RequestAborted);
        var more = await pieces.MoveNextAsync();
        var response = httpContext.Response;
        response.ContentType = ContentType;

        // With the length given, a file that ends early, since it was deleted meanwhile, ends the connection and not the answer.
        response.ContentLength = file.Bytes;
        while (more)
        {
            await response.Body.WriteAsync(pieces.Current, httpContext.RequestAborted);
            more = await pieces.MoveNextAsync();
        }
    }
}
