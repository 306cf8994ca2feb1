namespace Capibara6.Api.Streaming;

internal static class EventStream
{
    public const string ContentType = "text/event-stream";

    /// <summary>How long a stream may be silent before a comment shows proxies and clients that it lives.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
}
