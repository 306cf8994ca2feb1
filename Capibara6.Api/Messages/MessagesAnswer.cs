using System.Buffers;
using System.Text.Json;
using Capibara6.Api.ChatCompletions;
using Capibara6.Api.Json;
using Capibara6.Core.Gateway;

namespace Capibara6.Api.Messages;

/// <summary>Sends a whole chat completion as a message of Anthropic's API.</summary>
internal sealed class MessagesAnswer(GatewayReply reply, PassedBody body) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (body)
        await using (reply)
        {
            var target = new ArrayBufferWriter<byte>(reply.Body.Length + 512);
            using (var json = new Utf8JsonWriter(target, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder }))
            using (var answer = JsonDocument.Parse(reply.Body))
            {
                Write(json, answer.RootElement);
            }

            httpContext.Response.ContentType = "application/json";
            httpContext.Response.ContentLength = target.WrittenCount;
            await httpContext.Response.Body.WriteAsync(target.WrittenMemory, httpContext.RequestAborted);
        }
    }

    /// <summary>OpenAI's reasons to end, in Anthropic's words.</summary>
    public static string ReasonOf(string? reason) => reason switch
    {
        "length" => "max_tokens",
        "tool_calls" or "function_call" => "tool_use",
        "content_filter" => "refusal",
        _ => "end_turn",
    };

    public static void WriteUsage(Utf8JsonWriter json, JsonElement usage)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", CountOf(usage, "prompt_tokens"));
        json.WriteNumber("output_tokens", CountOf(usage, "completion_tokens"));
        json.WriteNumber("cache_creation_input_tokens", 0);
        json.WriteNumber(
            "cache_read_input_tokens",
            usage.ValueKind == JsonValueKind.Object && usage.TryGetProperty("prompt_tokens_details", out var details) ? CountOf(details, "cached_tokens") : 0);
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, JsonElement answer)
    {
        var choice = answer.TryGetProperty("choices", out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0 ? choices[0] : default;
        var message = Find(choice, "message");
        json.WriteStartObject();
        json.WriteString("id", $"msg_{reply.Id:N}");
        json.WriteString("type", "message");
        json.WriteString("role", "assistant");
        json.WriteString("model", reply.Model);
        json.WriteStartArray("content");
        if (Find(message, "content") is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } said)
        {
            json.WriteStartObject();
            json.WriteString("type", "text");
            json.WriteString("text", said);
            json.WriteEndObject();
        }

        if (Find(message, "tool_calls") is { ValueKind: JsonValueKind.Array } calls)
        {
            foreach (var call in calls.EnumerateArray())
            {
                WriteUse(json, call);
            }
        }

        json.WriteEndArray();
        json.WriteString("stop_reason", ReasonOf(Find(choice, "finish_reason") is { ValueKind: JsonValueKind.String } reason ? reason.GetString() : null));
        json.WriteNull("stop_sequence");
        WriteUsage(json, Find(answer, "usage"));
        json.WriteEndObject();
    }

    private static void WriteUse(Utf8JsonWriter json, JsonElement call)
    {
        var function = Find(call, "function");
        json.WriteStartObject();
        json.WriteString("type", "tool_use");
        json.WriteString("id", Find(call, "id").ToString());
        json.WriteString("name", Find(function, "name").ToString());
        json.WritePropertyName("input");
        try
        {
            using var input = JsonDocument.Parse(Find(function, "arguments").ToString());
            input.RootElement.WriteTo(json);
        }
        catch (JsonException)
        {
            // A model may write anything for JSON; the client gets an object all the same.
            json.WriteStartObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static JsonElement Find(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : default;

    private static int CountOf(JsonElement usage, string name) =>
        Find(usage, name) is { ValueKind: JsonValueKind.Number } count && count.TryGetInt32(out var tokens) ? tokens : 0;
}
