using System.Text.Json;
using System.Text.Json.Nodes;
using Capibara6.ModelEmulator.Errors;

namespace Capibara6.ModelEmulator.Chat;

/// <summary>The older completions: a prompt instead of a conversation.</summary>
internal sealed class TextProtocol : ModelProtocol
{
    public override ChatRequest Read(JsonElement body) => new()
    {
        Model = JsonFields.String(body, "model")
            ?? throw ProtocolException.Invalid("You must provide a model parameter.", "model", "missing_required_parameter"),
        Messages = [new ChatMessage("user", PromptOf(body))],
        Stream = JsonFields.Boolean(body, "stream") ?? false,
        IncludeUsage = JsonFields.Object(body, "stream_options") is { } options && (JsonFields.Boolean(options, "include_usage") ?? false),
        MaxTokens = JsonFields.Integer(body, "max_tokens", 1, int.MaxValue) ?? 16,
        Choices = JsonFields.Integer(body, "n", 1, 128) ?? 1,
    };

    public override byte[] Write(Exchange exchange)
    {
        var whole = Envelope(exchange, [.. Enumerable.Range(0, exchange.Answer.Choices).Select(
            index => Choice(index, exchange.Answer.Text, exchange.Answer.FinishReason))]);
        whole["usage"] = UsageOf(exchange);
        return JsonSerializer.SerializeToUtf8Bytes(whole, EmulatorJsonContext.Default.JsonObject);
    }

    public override async Task StreamAsync(EventSender events, Exchange exchange, TimeProvider time, CancellationToken cancellationToken)
    {
        events.Begin();
        var tokens = exchange.Answer.Tokens;
        for (var token = 0; token < tokens.Count; token++)
        {
            await exchange.WaitForTokenAsync(token, time, cancellationToken);
            var reason = token == tokens.Count - 1 ? exchange.Answer.FinishReason : null;
            await SendAsync(events, Envelope(exchange, [Choice(0, tokens[token], reason)]), cancellationToken);
        }

        if (exchange.Request.IncludeUsage)
        {
            var last = Envelope(exchange, []);
            last["usage"] = UsageOf(exchange);
            await SendAsync(events, last, cancellationToken);
        }

        await events.SendDoneAsync(cancellationToken);
    }

    private static string PromptOf(JsonElement body) =>
        !body.TryGetProperty("prompt", out var prompt) ? throw ProtocolException.Invalid("Missing required parameter: 'prompt'.", "prompt")
        : prompt.ValueKind == JsonValueKind.Array ? string.Concat(prompt.EnumerateArray().Select(one => one.ToString()))
        : prompt.ToString();

    private static JsonObject Envelope(Exchange exchange, JsonNode[] choices) => new()
    {
        ["id"] = "cmpl-" + exchange.Id,
        ["object"] = "text_completion",
        ["created"] = exchange.Created,
        ["model"] = exchange.Request.Model,
        ["choices"] = new JsonArray(choices),
    };

    private static JsonObject Choice(int index, string text, string? reason) => new()
    {
        ["index"] = index, ["text"] = text, ["logprobs"] = null, ["finish_reason"] = reason,
    };

    private static JsonObject UsageOf(Exchange exchange) => new()
    {
        ["prompt_tokens"] = exchange.Answer.Usage.PromptTokens,
        ["completion_tokens"] = exchange.Answer.Usage.CompletionTokens,
        ["total_tokens"] = exchange.Answer.Usage.TotalTokens,
    };

    private static Task SendAsync(EventSender events, JsonObject data, CancellationToken cancellationToken) =>
        events.SendAsync(null, data, EmulatorJsonContext.Default.JsonObject, cancellationToken);
}
