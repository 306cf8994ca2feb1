using System.Text.Json;
using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Core.Jobs;

namespace Capibara6.Api.Batches;

/// <summary>Sends outcomes as JSON Lines while they are read, so that the largest batch needs no more memory than the smallest.</summary>
internal sealed class JsonLinesResult(IAsyncEnumerable<BatchItemResult> items) : IResult
{
    public const string ContentType = "application/jsonl";

    private const int FlushBytes = 32 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var cancellationToken = httpContext.RequestAborted;

        // The first line is read before the status is sent: a database that is away is a 503, not an empty 200.
        await using var source = items.GetAsyncEnumerator(cancellationToken);
        var more = await source.MoveNextAsync();
        response.ContentType = ContentType;

        await using var writer = new Utf8JsonWriter(
            response.BodyWriter, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder, SkipValidation = true });
        try
        {
            while (more)
            {
                JsonSerializer.Serialize(writer, source.Current.ToResponse(), ApiJson.Info<BatchItemResponse>());
                writer.Flush();
                writer.Reset();
                "\n"u8.CopyTo(response.BodyWriter.GetSpan(1));
                response.BodyWriter.Advance(1);
                if (response.BodyWriter.UnflushedBytes >= FlushBytes)
                {
                    await response.BodyWriter.FlushAsync(cancellationToken);
                }

                more = await source.MoveNextAsync();
            }
        }
        catch (Exception exception) when (response.HasStarted && !cancellationToken.IsCancellationRequested)
        {
            // A clean end would make a part look like the whole.
            httpContext.RequestServices.GetRequiredService<ApiExceptionHandler>().ToFailure(exception);
            httpContext.Abort();
        }
    }
}
