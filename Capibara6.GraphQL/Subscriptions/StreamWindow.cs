using GraphQL;

namespace Capibara6.GraphQLApi.Subscriptions;

/// <summary>
/// Back-pressure between a source of events and the client that reads them: a source is ahead of its client by so many events at
/// most, and then waits. Without it events of a quick source would pile up before a slow client.
/// </summary>
internal sealed class StreamWindow : IDisposable
{
    private const int Size = 16;
    private const string Key = "streamWindow";

    private readonly SemaphoreSlim _places = new(Size, Size);

    public static void AddTo(IDictionary<string, object?> userContext, StreamWindow window) => userContext[Key] = window;

    public static StreamWindow Of(IResolveFieldContext context) => (StreamWindow)context.UserContext[Key]!;

    /// <summary>The source has an event for the client.</summary>
    public Task EnterAsync(CancellationToken cancellationToken) => _places.WaitAsync(cancellationToken);

    /// <summary>The client has one event less to read.</summary>
    public void Leave() => _places.Release();

    public void Dispose() => _places.Dispose();
}
