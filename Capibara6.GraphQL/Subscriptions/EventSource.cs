namespace Capibara6.GraphQLApi.Subscriptions;

/// <summary>
/// Events of a subscription, made as they are asked for. The making begins when somebody subscribes and is cancelled when they
/// leave; each event waits for its place in the window.
/// </summary>
internal sealed class EventSource(Func<CancellationToken, IAsyncEnumerable<object>> events, StreamWindow window) : IObservable<object?>
{
    public IDisposable Subscribe(IObserver<object?> observer)
    {
        var left = new CancellationTokenSource();
        _ = PumpAsync(observer, left.Token);
        return new Subscription(left);
    }

    private async Task PumpAsync(IObserver<object?> observer, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            await foreach (var item in events(cancellationToken).WithCancellation(cancellationToken))
            {
                await window.EnterAsync(cancellationToken);
                observer.OnNext(item);
            }

            observer.OnCompleted();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
#pragma warning disable CA1031 // Whatever ends the source, its observer must hear of it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            observer.OnError(exception);
        }
    }

    // Not disposed of: cancelling is all that ends the pump, and it may look at the token later.
    private sealed class Subscription(CancellationTokenSource left) : IDisposable
    {
        public void Dispose() => left.Cancel();
    }
}
