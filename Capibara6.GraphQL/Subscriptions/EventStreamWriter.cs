using System.Runtime.CompilerServices;
using Capibara6.GraphQLApi.Errors;
using GraphQL;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Subscriptions;

/// <summary>
/// Results as server-sent events, one connection for each operation (the protocol of graphql-sse, "distinct connections mode"): an
/// event <c>next</c> for each result, then <c>complete</c>. What is wrong with the operation itself is such a result, too.
/// </summary>
internal sealed class EventStreamWriter(
    IGraphQLTextSerializer serializer, ConnectionCredentials credentials, IOptions<SubscriptionOptions> options, TimeProvider time, ILogger<EventStreamWriter> logger)
{
    private const string Next = "next";
    private const string Complete = "complete";

    public async Task WriteAsync(HttpContext context, ExecutionResult result, StreamWindow window)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.Headers.XContentTypeOptions = "nosniff";
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var items = result.Streams is null ? One(result) : StreamAsync(context, result, window);
        await using var enumerator = items.GetAsyncEnumerator(ended.Token);
        while (await MoveNextAsync(enumerator, response, ended.Token))
        {
            await WriteEventAsync(response, Next, serializer.Serialize(enumerator.Current), ended.Token);
        }

        await WriteEventAsync(response, Complete, "", context.RequestAborted);
    }

    private static async IAsyncEnumerable<ExecutionResult> One(ExecutionResult result)
    {
        await Task.CompletedTask;
        yield return result;
    }

    /// <summary>The results, until their end, a failure, or the end of the credential that asked for them.</summary>
    private async IAsyncEnumerable<ExecutionResult> StreamAsync(
        HttpContext context, ExecutionResult result, StreamWindow window, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = credentials.WatchAsync(ConnectionCredential.OfRequest(context), options.Value.CheckInterval, over.Token);
        await using var results = ResultStream.ReadAsync(result, window, over.Token).GetAsyncEnumerator(over.Token);
        while (true)
        {
            ExecutionResult? last = null;
            var moving = results.MoveNextAsync().AsTask();
            try
            {
                if (await Task.WhenAny(moving, watching) == watching && !cancellationToken.IsCancellationRequested)
                {
                    await over.CancelAsync();
                    await ((Task)moving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    last = new ExecutionResult { Errors = [new FailureError(ConnectionCredentials.Ended)] };
                }
                else if (!await moving)
                {
                    break;
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                last = StreamErrors.ResultOf(exception, logger);
            }

            yield return last ?? results.Current;
            if (last is not null)
            {
                break;
            }
        }

        await over.CancelAsync();
        await watching;
    }

    /// <summary>Waits for the next result, with a sign of life whenever nothing happens.</summary>
    private async Task<bool> MoveNextAsync(IAsyncEnumerator<ExecutionResult> results, HttpResponse response, CancellationToken cancellationToken)
    {
        var moving = results.MoveNextAsync().AsTask();
        while (!moving.IsCompleted)
        {
            using var wake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var pause = Task.Delay(options.Value.KeepAlive, time, wake.Token);
            if (await Task.WhenAny(moving, pause) == pause && !cancellationToken.IsCancellationRequested)
            {
                await response.WriteAsync(":\n\n", cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
            }

            await wake.CancelAsync();
        }

        return await moving;
    }

    private static async Task WriteEventAsync(HttpResponse response, string name, string data, CancellationToken cancellationToken)
    {
        await response.WriteAsync($"event: {name}\ndata: {data}\n\n", cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
