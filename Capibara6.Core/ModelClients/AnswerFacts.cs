using System.Text.Json;

namespace Capibara6.Core.ModelClients;

/// <summary>
/// What governance needs to know of an answer, read from its bytes in one pass; everything else in them is the caller's
/// business. The shapes are those of chat completions, completions, responses, embeddings and moderations, whole or in pieces.
/// </summary>
internal struct AnswerFacts
{
    // Answers of models with tools and schemas are nested some ten levels deep.
    private static readonly JsonReaderOptions s_options = new() { MaxDepth = 256 };

    /// <summary>As the endpoint counted; null while it has not said.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>Why it ended, in the protocol's words; null while it goes on.</summary>
    public string? Finish { get; private set; }

    /// <summary>Bytes of text so far, in the escaped form of JSON.</summary>
    public int TextLength { get; private set; }

    /// <summary>It holds something that a caller can use: text, a call of a tool, a reason to end, vectors.</summary>
    public bool HasContent { get; private set; }

    /// <summary>An error stands in the place of an answer.</summary>
    public bool HasError { get; private set; }

    /// <summary>Since the last <see cref="TryRead"/> began: counts, and no piece of an answer.</summary>
    public bool IsUsageOnly { get; private set; }

    /// <summary>The protocol's mark of the end was seen: <c>[DONE]</c>, or the last event of a response.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Takes note of a frame that holds no JSON: a comment, or the mark of the end.</summary>
    public void Pass(bool isEnd) => (IsUsageOnly, HasEnded) = (false, HasEnded || isEnd);

    /// <summary>Reads one JSON object more.</summary>
    /// <returns>False when it is none.</returns>
    public bool TryRead(ReadOnlySpan<byte> json)
    {
        IsUsageOnly = false;
        var reader = new Utf8JsonReader(json, s_options);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            var counted = Usage;
            var empty = false;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    ReadProperty(ref reader, ref empty);
                }
            }

            IsUsageOnly = empty && !ReferenceEquals(counted, Usage);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void ReadProperty(ref Utf8JsonReader reader, ref bool emptyChoices)
    {
        var depth = reader.CurrentDepth;
        if (reader.ValueTextEquals("usage"u8) && depth <= 2)
        {
            reader.Read();
            ReadUsage(ref reader);
        }
        else if (reader.ValueTextEquals("finish_reason"u8))
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                (Finish, HasContent) = (ReasonOf(ref reader), true);
            }
        }
        else if (reader.ValueTextEquals("error"u8) && depth <= 2)
        {
            reader.Read();
            HasError |= reader.TokenType != JsonTokenType.Null;
        }
        else if (reader.ValueTextEquals("choices"u8) && depth == 1)
        {
            reader.Read();
            var ahead = reader;
            emptyChoices = ahead.TokenType == JsonTokenType.StartArray && ahead.Read() && ahead.TokenType == JsonTokenType.EndArray;
        }
        else if (reader.ValueTextEquals("status"u8) && depth == 1)
        {
            // A whole response, of the Responses API, that its bound cut.
            reader.Read();
            Finish ??= reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("incomplete"u8) ? "length" : null;
        }
        else if (reader.ValueTextEquals("type"u8) && depth == 1)
        {
            reader.Read();
            ReadEvent(ref reader);
        }
        else
        {
            ReadContent(ref reader);
        }
    }

    private void ReadContent(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("arguments"u8)
            || reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("reasoning_content"u8) || reader.ValueTextEquals("reasoning"u8)
            || reader.ValueTextEquals("refusal"u8))
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                var length = reader.ValueSpan.Length;
                TextLength += length;
                HasContent |= length > 0;
            }
        }
        else if (reader.ValueTextEquals("tool_calls"u8) || reader.ValueTextEquals("function_call"u8) || reader.ValueTextEquals("embedding"u8)
            || reader.ValueTextEquals("results"u8) || reader.ValueTextEquals("audio"u8))
        {
            reader.Read();
            HasContent |= reader.TokenType != JsonTokenType.Null;
        }
    }

    // Of the Responses API's events these end the stream.
    private void ReadEvent(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return;
        }

        if (reader.ValueTextEquals("response.completed"u8) || reader.ValueTextEquals("response.incomplete"u8))
        {
            Finish ??= reader.ValueTextEquals("response.completed"u8) ? "stop" : "length";
            (HasEnded, HasContent) = (true, true);
        }
        else if (reader.ValueTextEquals("response.failed"u8) || reader.ValueTextEquals("error"u8))
        {
            (HasEnded, HasError) = (true, true);
        }
    }

    private void ReadUsage(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        int? prompt = null, completion = null;
        var cached = 0;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var isPrompt = reader.ValueTextEquals("prompt_tokens"u8) || reader.ValueTextEquals("input_tokens"u8);
            var isCompletion = reader.ValueTextEquals("completion_tokens"u8) || reader.ValueTextEquals("output_tokens"u8);
            var isCached = reader.ValueTextEquals("cached_tokens"u8);
            reader.Read();
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var count))
            {
                prompt = isPrompt ? Bound(count) : prompt;
                completion = isCompletion ? Bound(count) : completion;
                cached = isCached ? Bound(count) : cached;
            }
        }

        if (prompt is not null)
        {
            Usage = new TokenUsage(prompt.Value, completion ?? 0, Math.Min(cached, prompt.Value));
        }
    }

    private static string ReasonOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("stop"u8) ? "stop"
        : reader.ValueTextEquals("length"u8) ? "length"
        : reader.ValueTextEquals("tool_calls"u8) ? "tool_calls"
        : reader.ValueTextEquals("content_filter"u8) ? "content_filter"
        : "other";

    // What an endpoint says is not to be trusted with arithmetic.
    private static int Bound(long tokens) => (int)Math.Clamp(tokens, 0, int.MaxValue / 2);
}
