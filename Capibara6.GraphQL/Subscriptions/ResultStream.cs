using System.Runtime.CompilerServices;
using System.Threading.Channels;
using GraphQL;

namespace Capibara6.GraphQLApi.Subscriptions;

/// <summary>The results of a subscription, for a transport to write one after the other.</summary>
internal static class ResultStream
{
    /// <summary>Takes the next result when the one before has been dealt with. A source that fails throws.</summary>
    public static async IAsyncEnumerable<ExecutionResult> ReadAsync(
        ExecutionResult subscription, StreamWindow window, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // As long as the window at most: the source waits.
        var results = Channel.CreateUnbounded<ExecutionResult>(new UnboundedChannelOptions { SingleReader = true });
        using var reading = subscription.Streams!.Values.Single().Subscribe(new Observer(results.Writer));
        await foreach (var result in results.Reader.ReadAllAsync(cancellationToken))
        {
            yield return result;
            window.Leave();
        }
    }

    private sealed class Observer(ChannelWriter<ExecutionResult> results) : IObserver<ExecutionResult>
    {
        public void OnNext(ExecutionResult value) => results.TryWrite(value);

        public void OnError(Exception error) => results.TryComplete(error);

        public void OnCompleted() => results.TryComplete();
    }
}
