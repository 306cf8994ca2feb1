using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Capibara6.Core.Queries;

/// <inheritdoc cref="IQueryPipeline"/>
internal sealed class QueryPipeline(QueryWay way, TimeProvider time) : IQueryPipeline
{
    // Pieces that wait for a slow reader; then the model's stream waits too.
    private const int MaxPendingEvents = 64;

    public Task<Outcome<QueryResult>> ExecuteAsync(QueryRequest request, CancellationToken cancellationToken) =>
        RunAsync(request, watcher: null, cancellationToken);

    public async IAsyncEnumerable<QueryEvent> StreamAsync(QueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var events = Channel.CreateBounded<QueryEvent>(new BoundedChannelOptions(MaxPendingEvents) { SingleReader = true, SingleWriter = true });
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = RunStreamAsync(request, events.Writer, left.Token);
        try
        {
            await foreach (var step in events.Reader.ReadAllAsync(cancellationToken))
            {
                yield return step;
            }
        }
        finally
        {
            // A reader that stops early ends the work, too.
            await left.CancelAsync();
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await running;
    }

    private async Task<Outcome<QueryResult>> RunAsync(QueryRequest request, ChannelWriter<QueryEvent>? watcher, CancellationToken cancellationToken)
    {
        var query = new QueryContext(request, time.GetTimestamp()) { Watcher = watcher };
        return await way.RunAsync(query, cancellationToken) is { } failure ? failure : query.Result!;
    }

    private async Task RunStreamAsync(QueryRequest request, ChannelWriter<QueryEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            QueryEvent last = await RunAsync(request, events, cancellationToken) switch
            {
                Outcome<QueryResult>.Success success => new QueryEvent.Done(success.Value),
                Outcome<QueryResult>.Failed failed => new QueryEvent.Failed(failed.Failure),
                _ => throw new UnreachableException(),
            };
            await events.WriteAsync(last, cancellationToken);
        }
        finally
        {
            events.TryComplete();
        }
    }
}
