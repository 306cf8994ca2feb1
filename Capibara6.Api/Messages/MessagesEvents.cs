using System.Buffers;
using System.Text;
using System.Text.Json;
using Capibara6.Api.Json;
using Capibara6.Core.Gateway;

namespace Capibara6.Api.Messages;

/// <summary>Turns the pieces of a chat completion into the events of Anthropic's API, one after the other.</summary>
internal sealed class MessagesEvents(IBufferWriter<byte> target, GatewayReply reply)
{
    private const int NoBlock = -1;

    private int _blocks;
    private int _open = NoBlock;

    // The tool call of the open block, by its place among the calls; NoBlock for text.
    private int _call = NoBlock;
    private string? _reason;
    private JsonElement _usage;

    public void Start() => Send("message_start", json =>
    {
        json.WriteStartObject("message");
        json.WriteString("id", $"msg_{reply.Id:N}");
        json.WriteString("type", "message");
        json.WriteString("role", "assistant");
        json.WriteString("model", reply.Model);
        json.WriteStartArray("content");
        json.WriteEndArray();
        json.WriteNull("stop_reason");
        json.WriteNull("stop_sequence");
        MessagesAnswer.WriteUsage(json, default);
        json.WriteEndObject();
    });

    public void Take(JsonElement piece)
    {
        if (piece.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
        {
            _usage = usage.Clone();
        }

        if (!piece.TryGetProperty("choices", out var choices) || choices.ValueKind != JsonValueKind.Array || choices.GetArrayLength() == 0)
        {
            return;
        }

        var choice = choices[0];
        if (choice.TryGetProperty("delta", out var delta) && delta.ValueKind == JsonValueKind.Object)
        {
            if (delta.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String && content.GetString() is { Length: > 0 } text)
            {
                Text(text);
            }

            if (delta.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array)
            {
                foreach (var call in calls.EnumerateArray())
                {
                    Use(call);
                }
            }
        }

        if (choice.TryGetProperty("finish_reason", out var reason) && reason.ValueKind == JsonValueKind.String)
        {
            _reason = reason.GetString();
        }
    }

    public void End()
    {
        Close();
        Send("message_delta", json =>
        {
            json.WriteStartObject("delta");
            json.WriteString("stop_reason", MessagesAnswer.ReasonOf(_reason));
            json.WriteNull("stop_sequence");
            json.WriteEndObject();
            MessagesAnswer.WriteUsage(json, _usage);
        });
        Send("message_stop", static _ => { });
    }

    private void Text(string text)
    {
        if (_open == NoBlock || _call != NoBlock)
        {
            Open(NoBlock, static json =>
            {
                json.WriteString("type", "text");
                json.WriteString("text", "");
            });
        }

        Grow("text_delta", "text", text);
    }

    private void Use(JsonElement call)
    {
        var place = call.TryGetProperty("index", out var index) && index.TryGetInt32(out var number) ? number : 0;
        var function = call.TryGetProperty("function", out var found) ? found : default;
        if (_open == NoBlock || _call != place)
        {
            var id = call.TryGetProperty("id", out var given) ? given.ToString() : $"toolu_{reply.Id:N}_{place}";
            var name = function.ValueKind == JsonValueKind.Object && function.TryGetProperty("name", out var called) ? called.ToString() : "";
            Open(place, json =>
            {
                json.WriteString("type", "tool_use");
                json.WriteString("id", id);
                json.WriteString("name", name);
                json.WriteStartObject("input");
                json.WriteEndObject();
            });
        }

        if (function.ValueKind == JsonValueKind.Object && function.TryGetProperty("arguments", out var arguments) && arguments.ToString() is { Length: > 0 } piece)
        {
            Grow("input_json_delta", "partial_json", piece);
        }
    }

    private void Open(int call, Action<Utf8JsonWriter> block)
    {
        Close();
        (_open, _call) = (_blocks++, call);
        Send("content_block_start", json =>
        {
            json.WriteNumber("index", _open);
            json.WriteStartObject("content_block");
            block(json);
            json.WriteEndObject();
        });
    }

    private void Grow(string type, string field, string value) => Send("content_block_delta", json =>
    {
        json.WriteNumber("index", _open);
        json.WriteStartObject("delta");
        json.WriteString("type", type);
        json.WriteString(field, value);
        json.WriteEndObject();
    });

    private void Close()
    {
        if (_open != NoBlock)
        {
            Send("content_block_stop", json => json.WriteNumber("index", _open));
            _open = NoBlock;
        }
    }

    private void Send(string name, Action<Utf8JsonWriter> fields)
    {
        Encoding.UTF8.GetBytes($"event: {name}\ndata: ", target);
        using (var json = new Utf8JsonWriter(target, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder, SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteString("type", name);
            fields(json);
            json.WriteEndObject();
        }

        target.Write("\n\n"u8);
    }
}
