using System.Buffers;
using Capibara6.Core.Identity;
using Capibara6.Core.ModelClients;

namespace Capibara6.Core.Queries;

/// <summary>What a request must be. Batches check their items by the same rules when they are accepted.</summary>
internal static class QueryRules
{
    private const int MaxContextParts = 100;
    private const int MaxTurns = 1_000;
    private const int MaxTokens = 32_768;
    private const float MaxTemperature = 2;

    private static readonly SearchValues<string> s_roles = SearchValues.Create(["system", "user", "assistant", "tool"], StringComparison.Ordinal);

    public static Failure? Check(QueryRequest request, IModelCatalog catalog) =>
        CheckText(request.Query)
        ?? CheckModel(request.Model, catalog)
        ?? CheckNumbers(request.MaxTokens, request.Temperature)
        ?? CheckExecute(request.Execute)
        ?? CheckContext(request.Context)
        ?? CheckHistory(request.History)
        ?? CheckPermission(request);

    public static Failure? CheckText(string query)
    {
        if (string.IsNullOrWhiteSpace(query))
        {
            return new(FailureCodes.QueryEmpty, FailureKind.Invalid, "The query is empty; send a text.") { Field = "query" };
        }

        if (query.Length > QueryLimits.MaxQueryLength)
        {
            return new(
                FailureCodes.QueryTooLong,
                FailureKind.TooLarge,
                $"The query has {query.Length} characters; at most {QueryLimits.MaxQueryLength} are allowed.") { Field = "query" };
        }

        return CheckCharacters(query, "query");
    }

    public static Failure? CheckModel(string model, IModelCatalog catalog) =>
        string.Equals(model, QueryRequest.AutoModel, StringComparison.OrdinalIgnoreCase) || catalog.Find(model) is not null
            ? null
            : new(
                FailureCodes.ModelNotFound,
                FailureKind.NotFound,
                $"There is no such model; use {QueryRequest.AutoModel}, {string.Join(" or ", catalog.Models.Select(known => known.Id))}.") { Field = "model" };

    public static Failure? CheckContext(IReadOnlyDictionary<string, string> context)
    {
        if (context.Count > MaxContextParts)
        {
            return Invalid($"The context has {context.Count} parts; at most {MaxContextParts} are allowed.", "context");
        }

        long length = 0;
        foreach (var (name, text) in context)
        {
            if (text is null)
            {
                return Invalid("A part of the context is null; leave it out or send a text.", "context");
            }

            length += name.Length + text.Length;
            if (CheckCharacters(name, "context") is { } wrongName)
            {
                return wrongName;
            }

            if (CheckCharacters(text, "context") is { } wrongText)
            {
                return wrongText;
            }
        }

        return length <= QueryLimits.MaxQueryLength
            ? null
            : new(
                FailureCodes.QueryTooLong,
                FailureKind.TooLarge,
                $"The context has {length} characters in all; at most {QueryLimits.MaxQueryLength} are allowed.") { Field = "context" };
    }

    public static Failure? CheckNumbers(int? maxTokens, float? temperature)
    {
        if (maxTokens is < 1 or > MaxTokens)
        {
            return Invalid($"The bound on tokens must be 1 to {MaxTokens}.", "max_tokens");
        }

        return temperature is null or (>= 0 and <= MaxTemperature)
            ? null
            : Invalid($"The temperature must be 0 to {MaxTemperature}.", "temperature");
    }

    public static Failure? CheckExecute(CodeExecution execute) =>
        Enum.IsDefined(execute) ? null : Invalid("Code is run auto, never or always.", "options.execute");

    private static Failure? CheckPermission(QueryRequest request) =>
        request.Execute is CodeExecution.Never || request.Caller.Permissions.Contains(Permissions.Execute)
            ? null
            : new(FailureCodes.Forbidden, FailureKind.Forbidden, "Running code needs the permission 'execute'.") { Field = "options.execute" };

    private static Failure? CheckHistory(IReadOnlyList<QueryTurn> history)
    {
        if (history.Count > MaxTurns)
        {
            return Invalid($"The conversation has {history.Count} turns; at most {MaxTurns} are allowed.", "history");
        }

        long length = 0;
        foreach (var turn in history)
        {
            if (!s_roles.Contains(turn.Role))
            {
                return Invalid("A turn's role must be system, user, assistant or tool.", "history");
            }

            if (CheckCharacters(turn.Text, "history") is { } wrong)
            {
                return wrong;
            }

            length += turn.Text.Length;
        }

        return length <= QueryLimits.MaxRequestBytes
            ? null
            : new(
                FailureCodes.QueryTooLong,
                FailureKind.TooLarge,
                $"The conversation has {length} characters in all; at most {QueryLimits.MaxRequestBytes} are allowed.") { Field = "history" };
    }

    /// <summary>NUL can be stored nowhere, and half a surrogate pair is no character.</summary>
    private static Failure? CheckCharacters(string text, string field)
    {
        if (text.Contains('\0'))
        {
            return new(FailureCodes.QueryInvalidText, FailureKind.Invalid, "The text holds a NUL character; remove it.") { Field = field };
        }

        return text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && HasLoneSurrogate(text)
            ? new(FailureCodes.QueryInvalidText, FailureKind.Invalid, "The text holds half of a surrogate pair; send valid Unicode.") { Field = field }
            : null;
    }

    private static bool HasLoneSurrogate(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return true;
            }

            i++;
        }

        return false;
    }

    private static Failure Invalid(string message, string field) => new(FailureCodes.InvalidRequest, FailureKind.Invalid, message) { Field = field };
}
