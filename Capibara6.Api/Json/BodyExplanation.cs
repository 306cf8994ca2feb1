using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Capibara6.Api.Errors;
using Capibara6.Core;

namespace Capibara6.Api.Json;

/// <summary>
/// Says what is wrong with a body that the serializer refused: where, which code, what to do. It runs only on refused
/// bodies, so it may read them once more; the serializer's own messages name our types and are not shown.
/// </summary>
internal static class BodyExplanation
{
    public static Failure NotAnObject { get; } = Invalid(EdgeCodes.InvalidType, null, "The body must be a JSON object.");

    public static Failure Explain(ReadOnlySequence<byte> body, JsonTypeInfo type)
    {
        if (FindSyntaxError(body) is { } syntax)
        {
            return syntax;
        }

        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = ApiJson.MaxDepth });
        return new BodyTextCheck().Find(document.RootElement, "")
            ?? BodyTypeCheck.Find(document.RootElement, type, "")
            ?? Invalid(FailureCodes.InvalidRequest, null, "The body doesn't fit this call; the API's description says what does.");
    }

    public static Failure Invalid(string code, string? field, string message) =>
        new(code, FailureKind.Invalid, message) { Field = string.IsNullOrEmpty(field) ? null : field };

    private static Failure? FindSyntaxError(ReadOnlySequence<byte> body)
    {
        // Deep enough for any body of the permitted size, so that depth and syntax can be told apart.
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth >= ApiJson.MaxDepth)
                {
                    return Invalid(EdgeCodes.NestedTooDeep, null, $"The body is nested deeper than {ApiJson.MaxDepth} levels.");
                }
            }

            return null;
        }
        catch (JsonException exception)
        {
            return IsBlank(body)
                ? Failures.BodyMissing
                : Invalid(EdgeCodes.MalformedJson, null, $"The body is not valid JSON: see line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
        }
    }

    private static bool IsBlank(ReadOnlySequence<byte> body)
    {
        foreach (var segment in body)
        {
            if (segment.Span.ContainsAnyExcept(" \t\r\n"u8))
            {
                return false;
            }
        }

        return true;
    }
}
