using System.Text.Json;

namespace Capibara6.Core.Gateway;

/// <summary>Reads a call's body once, from its bytes. What it does not look for it passes over; whether that is right the model decides.</summary>
internal static class RequestReader
{
    /// <summary>Schemas of tools are nested deep; an attack is nested deeper.</summary>
    private const int MaxDepth = 128;

    private const int MaxFields = 1_000;
    private const int MaxChoices = 128;

    private static readonly JsonReaderOptions s_options = new() { MaxDepth = MaxDepth };

    /// <summary>Names that governance reads: given twice, it and the model could read different ones.</summary>
    private static readonly HashSet<string> s_governed = new(StringComparer.Ordinal)
    {
        "model", "messages", "input", "prompt", "stream", "stream_options", "max_tokens", "max_completion_tokens", "max_output_tokens",
        "n", "temperature", "tools", "functions", "store", "previous_response_id",
    };

    public static Outcome<RequestFacts> Read(ReadOnlySpan<byte> body, GatewayRoute route)
    {
        var facts = new RequestFacts();
        try
        {
            var reader = new Utf8JsonReader(body, s_options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return Wrong("invalid_type", null, "The body must be a JSON object.");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (ReadField(ref reader, body, route, facts) is { } failure)
                {
                    return failure;
                }
            }

            // Throws when anything but white space follows.
            reader.Read();
            return Check(facts, route) is { } missing ? missing : facts;
        }
        catch (JsonException exception)
        {
            return exception.Message.Contains("maximum configured depth", StringComparison.OrdinalIgnoreCase)
                ? Wrong("nested_too_deep", null, $"The body is nested deeper than {MaxDepth} levels.")
                : Wrong("malformed_json", null, $"The body is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}.");
        }
        catch (InvalidOperationException)
        {
            return Wrong("invalid_text", null, "The body holds text that is not valid Unicode.");
        }
    }

    private static Failure? ReadField(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, GatewayRoute route, RequestFacts facts)
    {
        var nameStart = (int)reader.TokenStartIndex;
        var name = NameOf(ref reader);
        reader.Read();
        var field = new RequestField(name, nameStart, (int)reader.TokenStartIndex, 0);
        if (facts.Fields.Count == MaxFields)
        {
            return Wrong("invalid_value", null, $"The body has more than {MaxFields} fields.");
        }

        if (s_governed.Contains(name) && facts.Fields.Exists(other => other.Name == name))
        {
            return Wrong("duplicate_field", name, $"'{name}' is given twice; send it once.");
        }

        if (name == route.Prompt)
        {
            if (!PromptReader.Read(ref reader, body, route, facts))
            {
                return Wrong(
                    "invalid_type", name, $"'{name}' must be a list of at least one {(route.PromptIsList ? "message" : "entry, or a text")}.");
            }
        }
        else if (ReadSetting(ref reader, name, route, facts, ref field) is { } failure)
        {
            return failure;
        }

        reader.Skip();
        facts.Fields.Add(field with { ValueEnd = (int)reader.BytesConsumed });
        return null;
    }

    private static Failure? ReadSetting(ref Utf8JsonReader reader, string name, GatewayRoute route, RequestFacts facts, ref RequestField field)
    {
        switch (name)
        {
            case "model":
                if (reader.TokenType != JsonTokenType.String)
                {
                    return Wrong("invalid_type", name, "'model' must be a string: the id of a model, or auto.");
                }

                facts.Model = reader.GetString()!;
                return null;
            case "stream":
                facts.Stream = reader.TokenType == JsonTokenType.True;
                return reader.TokenType is JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null
                    ? null
                    : Wrong("invalid_type", name, "'stream' must be true or false.");
            case "stream_options":
                return ReadStreamOptions(ref reader, facts, ref field);
            case "max_tokens" or "max_completion_tokens" or "max_output_tokens":
                return ReadCount(ref reader, name, int.MaxValue, out var bound) ?? Take(facts, bound);
            case "n":
                var wrong = ReadCount(ref reader, name, MaxChoices, out var choices);
                facts.Choices = choices ?? 1;
                return wrong;
            case "temperature":
                facts.Temperature = reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var temperature) ? temperature : null;
                return null;
            case "store" when route == GatewayRoute.Responses && reader.TokenType == JsonTokenType.True:
                return Wrong("unsupported_parameter", name, "Responses are not stored here; leave 'store' out or send false.");
            case "previous_response_id" when reader.TokenType != JsonTokenType.Null:
                return Wrong("unsupported_parameter", name, "Responses are not stored here; send the whole conversation as 'input'.");
            case "tools" or "functions":
                facts.HasTools = reader.TokenType != JsonTokenType.Null;
                return null;
            default:
                return null;
        }
    }

    // The stricter of two bounds would be a guess; the larger one is what is reserved for.
    private static Failure? Take(RequestFacts facts, int? bound)
    {
        facts.MaxTokens = bound is null ? facts.MaxTokens : Math.Max(facts.MaxTokens ?? 0, bound.Value);
        return null;
    }

    private static Failure? ReadStreamOptions(ref Utf8JsonReader reader, RequestFacts facts, ref RequestField field)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Wrong("invalid_type", "stream_options", "'stream_options' must be an object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isCounts = reader.ValueTextEquals("include_usage"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var value = reader.TokenType;
            reader.Skip();
            if (isCounts && field.InnerStart > 0)
            {
                return Wrong("duplicate_field", "stream_options.include_usage", "'stream_options.include_usage' is given twice; send it once.");
            }

            if (isCounts)
            {
                facts.WantsCounts = value == JsonTokenType.True;
                field = field with { InnerStart = start, InnerEnd = (int)reader.BytesConsumed };
            }
        }

        return null;
    }

    private static Failure? ReadCount(ref Utf8JsonReader reader, string name, int most, out int? count)
    {
        count = null;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var value) || value < 1 || value > most)
        {
            return Wrong("invalid_value", name, most == int.MaxValue ? $"'{name}' must be a whole number from 1 up." : $"'{name}' must be a whole number from 1 to {most}.");
        }

        count = value;
        return null;
    }

    private static Failure? Check(RequestFacts facts, GatewayRoute route)
    {
        foreach (var required in (ReadOnlySpan<string>)["model", route.Prompt])
        {
            // A response may go on from instructions alone.
            if (!facts.Fields.Exists(field => field.Name == required) && !(route == GatewayRoute.Responses && required == route.Prompt))
            {
                return Wrong("missing_field", required, $"'{required}' is missing.");
            }
        }

        return facts.Stream && !route.Generates ? Wrong("invalid_value", "stream", "This call does not stream; leave 'stream' out.") : null;
    }

    // Fields of the protocol are not made anew for each request.
    private static string NameOf(ref Utf8JsonReader reader)
    {
        foreach (var known in s_known)
        {
            if (reader.ValueTextEquals(known))
            {
                return known;
            }
        }

        return reader.GetString()!;
    }

    private static readonly string[] s_known =
    [
        "model", "messages", "stream", "temperature", "max_tokens", "max_completion_tokens", "input", "tools", "stream_options", "tool_choice",
        "response_format", "top_p", "n", "stop", "seed", "user", "prompt",
    ];

    private static Failure Wrong(string code, string? field, string message) => new(code, FailureKind.Invalid, message) { Field = field };
}
