using System.Text.Json;

namespace Capibara6.GraphQLApi.Subscriptions;

/// <summary>A message of graphql-transport-ws from a client.</summary>
internal sealed record SocketMessage(string Type, string? Id, JsonElement Payload)
{
    public const string ConnectionInit = "connection_init";
    public const string ConnectionAck = "connection_ack";
    public const string Ping = "ping";
    public const string Pong = "pong";
    public const string Subscribe = "subscribe";
    public const string Next = "next";
    public const string Error = "error";
    public const string Complete = "complete";

    private const int MaxIdLength = 256;

    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <summary>Null when the text is no message of the protocol.</summary>
    public static SocketMessage? Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, s_strict);
            var root = document.RootElement.Clone();
            if (root.ValueKind != JsonValueKind.Object || StringOf(root, "type") is not { } type)
            {
                return null;
            }

            var id = StringOf(root, "id");
            var payload = root.TryGetProperty("payload", out var found) ? found : default;
            var needsId = type is Subscribe or Complete;
            return (needsId && id is not { Length: > 0 and <= MaxIdLength }) || (payload.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.Object))
                ? null
                : new SocketMessage(type, id, payload);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A message of ours.</summary>
    /// <param name="payload">JSON; null for none.</param>
    public static string Write(string type, string? id = null, string? payload = null) =>
        $"{{\"type\":\"{type}\""
        + (id is null ? "" : $",\"id\":{JsonSerializer.Serialize(id)}")
        + (payload is null ? "" : $",\"payload\":{payload}")
        + "}";

    private static string? StringOf(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
