using System.Net.ServerSentEvents;

namespace Capibara6.Tests.Api;

internal static class EventReader
{
    /// <summary>All events of an answer, in order.</summary>
    public static async Task<List<SseItem<string>>> ReadEventsAsync(this HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Assert.AreEqual("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        List<SseItem<string>> events = [];
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            events.Add(item);
        }

        return events;
    }
}
