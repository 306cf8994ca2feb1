using System.Text.Json;
using Capibara6.Api.Errors;
using Capibara6.Core;

namespace Capibara6.Api.ChatCompletions;

/// <summary>
/// What becomes of OpenAI's parameters that have no counterpart here: hints are taken and not used; a value that asks for
/// what happens anyway is taken; anything else would change the answer's meaning and is refused by name.
/// </summary>
internal static class ChatParameters
{
    private static readonly HashSet<string> s_hints = new(StringComparer.Ordinal)
    {
        "user", "metadata", "store", "seed", "service_tier", "parallel_tool_calls", "prediction", "prompt_cache_key",
        "prompt_cache_retention", "reasoning_effort", "safety_identifier", "verbosity",
    };

    public static Failure? FindUnsupported(IReadOnlyDictionary<string, JsonElement>? parameters)
    {
        foreach (var (name, value) in parameters ?? new Dictionary<string, JsonElement>())
        {
            if (value.ValueKind == JsonValueKind.Null || s_hints.Contains(name))
            {
                continue;
            }

            if (AllowedValue(name) is not { } allowed)
            {
                return Refuse(EdgeCodes.UnknownField, name, $"'{name}' is not a parameter that this API knows; leave it out.");
            }

            if (!allowed.Fits(value))
            {
                return Refuse(EdgeCodes.UnsupportedParameter, name, $"'{name}' is not supported here: {allowed.Hint}.");
            }
        }

        return null;
    }

    private static (Func<JsonElement, bool> Fits, string Hint)? AllowedValue(string name) => name switch
    {
        "n" => (value => IsNumber(value, 1), "one answer is given; leave it out or send 1"),
        "top_p" => (value => IsNumber(value, 1), "use temperature; leave it out or send 1"),
        "presence_penalty" or "frequency_penalty" => (value => IsNumber(value, 0), "leave it out or send 0"),
        "top_logprobs" => (value => IsNumber(value, 0), "leave it out or send 0"),
        "logprobs" => (value => value.ValueKind == JsonValueKind.False, "leave it out or send false"),
        "logit_bias" => (IsEmpty, "leave it out"),
        "stop" => (IsEmpty, "leave it out"),
        "tools" or "functions" => (IsEmpty, "models can't call your tools; leave it out"),
        "tool_choice" or "function_call" => (value => IsText(value, "none") || IsText(value, "auto"), "leave it out"),
        "response_format" => (IsTextFormat, "answers are text; leave it out or send {\"type\":\"text\"}"),
        "modalities" => (value => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => IsText(item, "text")), "answers are text; leave it out or send [\"text\"]"),
        "audio" or "web_search_options" => (_ => false, "leave it out"),
        _ => null,
    };

    private static bool IsNumber(JsonElement value, double number) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var given) && given.Equals(number);

    private static bool IsText(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => value.GetPropertyCount() == 0,
        _ => false,
    };

    private static bool IsTextFormat(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out var type) && IsText(type, "text");

    private static Failure Refuse(string code, string name, string message) => new(code, FailureKind.Invalid, message) { Field = name };
}
