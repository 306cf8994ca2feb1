using System.Text;
using System.Text.Json;
using Capibara6.Core.Gateway;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;

namespace Capibara6.Core.Jobs;

/// <summary>Reads the calls of a batch's file, line by line, by the rules of the calls over HTTP. Which ids are taken it remembers.</summary>
internal sealed class FileCalls(string endpoint, GatewayRoute route, IModelCatalog catalog)
{
    /// <summary>Of a line, as of a query's body.</summary>
    public const int MaxLineBytes = QueryLimits.MaxRequestBytes;

    private const int MaxIdLength = 256;
    private const int MaxDepth = 130;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly byte[] s_byteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    /// <param name="line">Null for one that is too long.</param>
    /// <param name="number">From 1.</param>
    /// <param name="problem">What is wrong with it, when there is no call.</param>
    /// <returns>Null for an empty line, too.</returns>
    public JobRow? Read(ReadOnlyMemory<byte>? line, int number, out FileProblem? problem)
    {
        problem = null;
        if (line is not { } bytes)
        {
            problem = new("line_too_long", $"A line may have {MaxLineBytes} bytes.", null, number);
            return null;
        }

        bytes = number == 1 && bytes.Span.StartsWith(s_byteOrderMark) ? bytes[3..] : bytes;
        if (bytes.Span.Trim(" \t"u8).IsEmpty)
        {
            return null;
        }

        try
        {
            s_strict.GetCharCount(bytes.Span);
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? ReadCall(document.RootElement, number, out problem)
                : Wrong("invalid_json_line", null, "The line is not a JSON object.", number, out problem);
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            return Wrong("invalid_json_line", null, "The line is not valid JSON in UTF-8.", number, out problem);
        }
    }

    private JobRow? ReadCall(JsonElement line, int number, out FileProblem? problem)
    {
        if (TextOf(line, "custom_id") is not { Length: > 0 and <= MaxIdLength } id || id.Contains('\0', StringComparison.Ordinal))
        {
            return Wrong("missing_required_parameter", "custom_id", $"'custom_id' must be a text of 1 to {MaxIdLength} characters.", number, out problem);
        }

        if (!_ids.Add(id))
        {
            return Wrong("duplicate_custom_id", "custom_id", "Another line has the same 'custom_id'.", number, out problem);
        }

        if (TextOf(line, "method") != "POST")
        {
            return Wrong("invalid_method", "method", "'method' must be POST.", number, out problem);
        }

        if (TextOf(line, "url") != endpoint)
        {
            return Wrong("mismatched_url", "url", $"'url' must be the batch's endpoint, {endpoint}.", number, out problem);
        }

        return line.TryGetProperty("body", out var body) && body.ValueKind == JsonValueKind.Object
            ? ReadBody(body.GetRawText(), id, number, out problem)
            : Wrong("missing_required_parameter", "body", "'body' must be an object.", number, out problem);
    }

    private JobRow? ReadBody(string body, string id, int number, out FileProblem? problem)
    {
        switch (RequestReader.Read(Encoding.UTF8.GetBytes(body), route))
        {
            case Outcome<RequestFacts>.Success { Value.Stream: true }:
                return Wrong("invalid_value", "body.stream", "A batch's answers don't stream; leave 'stream' out.", number, out problem);
            case Outcome<RequestFacts>.Success { Value: var facts }:
                if (QueryRules.CheckModel(facts.Model, catalog) is { } unknown)
                {
                    return Wrong(unknown.Code, "body.model", unknown.Message, number, out problem);
                }

                problem = null;
                return new JobRow(id, body, facts.Model);
            case Outcome<RequestFacts>.Failed { Failure: var failure }:
                return Wrong(failure.Code, failure.Field is null ? "body" : $"body.{failure.Field}", failure.Message, number, out problem);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static string? TextOf(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JobRow? Wrong(string code, string? param, string message, int number, out FileProblem? problem)
    {
        problem = new(code, message, param, number);
        return null;
    }
}
