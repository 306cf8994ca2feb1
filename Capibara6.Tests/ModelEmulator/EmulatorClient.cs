using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Capibara6.Tests.ModelEmulator;

internal static class EmulatorClient
{
    public static JsonObject Question(string text, bool stream = false) => new()
    {
        ["model"] = "emulator-20b",
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
        ["stream"] = stream,
    };

    public static HttpRequestMessage Chat(JsonNode body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = JsonContent.Create(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return request;
    }

    public static async Task<JsonElement> ReadJsonAsync(this HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        return document.RootElement.Clone();
    }

    /// <summary>The data of each event, <c>[DONE]</c> included.</summary>
    public static async Task<List<string>> ReadEventsAsync(this HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var events = new List<string>();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                events.Add(line["data: ".Length..]);
            }
        }

        return events;
    }
}
