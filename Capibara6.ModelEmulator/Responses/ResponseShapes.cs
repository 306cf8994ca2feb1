using System.Text.Json.Nodes;
using Capibara6.ModelEmulator.Chat;

namespace Capibara6.ModelEmulator.Responses;

/// <summary>The objects of the Responses API.</summary>
internal static class ResponseShapes
{
    public static JsonObject Response(Exchange exchange, string status, JsonObject? item)
    {
        var isWhole = status == "completed";
        var isCut = isWhole && exchange.Answer.FinishReason == "length";
        return new JsonObject
        {
            ["id"] = "resp_" + exchange.Id,
            ["object"] = "response",
            ["created_at"] = exchange.Created,
            ["status"] = isCut ? "incomplete" : status,
            ["error"] = null,
            ["incomplete_details"] = isCut ? new JsonObject { ["reason"] = "max_output_tokens" } : null,
            ["instructions"] = null,
            ["max_output_tokens"] = exchange.Request.MaxTokens,
            ["model"] = exchange.Request.Model,
            ["output"] = item is null ? new JsonArray() : new JsonArray(item),
            ["parallel_tool_calls"] = true,
            ["previous_response_id"] = null,
            ["store"] = false,
            ["temperature"] = 1,
            ["text"] = new JsonObject { ["format"] = new JsonObject { ["type"] = "text" } },
            ["tool_choice"] = "auto",
            ["tools"] = new JsonArray(),
            ["top_p"] = 1,
            ["truncation"] = "disabled",
            ["usage"] = isWhole ? Usage(exchange) : null,
            ["user"] = null,
            ["metadata"] = new JsonObject(),
        };
    }

    /// <param name="done">Whether it is whole, or only begun.</param>
    public static JsonObject Item(Exchange exchange, bool done) => exchange.Answer.Tool is { } tool
        ? new JsonObject
        {
            ["id"] = ItemId(exchange),
            ["type"] = "function_call",
            ["status"] = done ? "completed" : "in_progress",
            ["arguments"] = done ? exchange.Answer.Text : "",
            ["call_id"] = exchange.CallId(0),
            ["name"] = tool,
        }
        : new JsonObject
        {
            ["id"] = ItemId(exchange),
            ["type"] = "message",
            ["status"] = done ? "completed" : "in_progress",
            ["role"] = "assistant",
            ["content"] = done ? new JsonArray(Part(exchange.Answer.Text)) : new JsonArray(),
        };

    public static JsonObject Part(string text) => new()
    {
        ["type"] = "output_text", ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray(), ["text"] = text,
    };

    public static string ItemId(Exchange exchange) => (exchange.Answer.Tool is null ? "msg_" : "fc_") + exchange.Id;

    private static JsonObject Usage(Exchange exchange) => new()
    {
        ["input_tokens"] = exchange.Answer.Usage.PromptTokens,
        ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = 0 },
        ["output_tokens"] = exchange.Answer.Usage.CompletionTokens,
        ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0 },
        ["total_tokens"] = exchange.Answer.Usage.TotalTokens,
    };
}
