using System.Text.Json;
using Capibara6.GraphQLApi.Errors;
using GraphQL;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>Reads the parameters from a body of JSON (POST) or from the address (GET) and checks their types.</summary>
internal sealed class ParameterReader(IGraphQLSerializer serializer, IOptions<GraphQLTransportOptions> options)
{
    private const string Query = "query";
    private const string DocumentId = "documentId";
    private const string OperationName = "operationName";
    private const string Variables = "variables";
    private const string Extensions = "extensions";

    private static readonly string[] s_known = [Query, DocumentId, OperationName, Variables, Extensions];

    // A name twice would mean two requests at once.
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="RefusedException">It is no request of GraphQL over HTTP.</exception>
    public async Task<RequestOperations> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (HttpMethods.IsGet(request.Method))
        {
            return ReadAddress(request.Query);
        }

        if (!HttpMethods.IsPost(request.Method))
        {
            throw RefusedException.Method("POST (or GET, to read)");
        }

        CheckMediaType(request.ContentType);
        if (request.ContentLength == 0)
        {
            throw RefusedException.Invalid(EdgeCodes.BodyMissing, "The body is empty; send a JSON object with the field 'query'.");
        }

        return await ReadBodyAsync(request.Body, cancellationToken);
    }

    private static void CheckMediaType(string? contentType)
    {
        var isJson = MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            && (!type.Charset.HasValue || type.Charset.Value.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));
        if (!isJson)
        {
            throw RefusedException.MediaType();
        }
    }

    private async Task<RequestOperations> ReadBodyAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(body, s_strict, cancellationToken);
            return document.RootElement.ValueKind == JsonValueKind.Array && options.Value.MaxBatch > 0
                ? ReadBatch(document.RootElement)
                : ReadObject(document.RootElement);
        }
        catch (JsonException error)
        {
            var place = error.LineNumber is { } line ? $" (line {line + 1}, byte {error.BytePositionInLine})" : ", or names a field twice";
            throw RefusedException.Invalid(EdgeCodes.MalformedJson, $"The body isn't valid JSON{place}.");
        }
    }

    private RequestOperations ReadBatch(JsonElement body)
    {
        var max = options.Value.MaxBatch;
        return body.GetArrayLength() is >= 1 and var length && length <= max
            ? new RequestOperations([.. body.EnumerateArray().Select(ReadObject)], IsBatch: true)
            : throw RefusedException.Invalid(EdgeCodes.InvalidValue, $"A JSON array holds 1 to {max} operations.");
    }

    /// <summary>Reads the parameters from an object of JSON.</summary>
    /// <exception cref="RefusedException">It is no request of GraphQL.</exception>
    public RequestParameters ReadObject(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw RefusedException.Invalid(
                EdgeCodes.InvalidType, "The body must be one JSON object; several requests at once (a JSON array) are not taken.");
        }

        foreach (var field in body.EnumerateObject())
        {
            if (!s_known.Contains(field.Name, StringComparer.Ordinal))
            {
                throw RefusedException.Invalid(
                    EdgeCodes.UnknownField, $"A request has the fields {string.Join(", ", s_known)} and no others.", field.Name);
            }
        }

        return Whole(new RequestParameters(
            ReadString(body, Query),
            ReadString(body, DocumentId),
            ReadString(body, OperationName),
            ReadMap(body, Variables),
            ReadMap(body, Extensions),
            FromGet: false));
    }

    private RequestParameters ReadAddress(IQueryCollection parameters)
    {
        // Others may be on the way: caches and trackers add parameters of their own to addresses.
        return Whole(new RequestParameters(
            Single(parameters, Query) is { Length: > 0 } query ? query : null,
            Single(parameters, DocumentId) is { Length: > 0 } id ? id : null,
            Single(parameters, OperationName) is { Length: > 0 } name ? name : null,
            ReadMapText(Single(parameters, Variables), Variables),
            ReadMapText(Single(parameters, Extensions), Extensions),
            FromGet: true));
    }

    private static RequestParameters Whole(RequestParameters parameters) =>
        parameters.Query is null && parameters.DocumentId is null && parameters.Extensions?.ContainsKey("persistedQuery") != true ? throw QueryMissing() : parameters;

    private static string? Single(IQueryCollection parameters, string name) => parameters[name] switch
    {
        { Count: 0 } => null,
        { Count: 1 } values => values[0],
        _ => throw RefusedException.Invalid(EdgeCodes.InvalidValue, $"'{name}' is in the address more than once.", name),
    };

    private static string? ReadString(JsonElement body, string name) => Find(body, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => ReadText(text, name),
        _ => throw RefusedException.Invalid(EdgeCodes.InvalidType, $"'{name}' must be a string.", name),
    };

    private static string ReadText(JsonElement text, string name)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw InvalidText(name);
        }
    }

    private Inputs? ReadMap(JsonElement body, string name) => Find(body, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } map => ToInputs(map, name),
        _ => throw RefusedException.Invalid(EdgeCodes.InvalidType, $"'{name}' must be a JSON object.", name),
    };

    private Inputs? ReadMapText(string? text, string name)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text, s_strict);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.Object => ToInputs(document.RootElement, name),
                _ => throw RefusedException.Invalid(EdgeCodes.InvalidType, $"'{name}' must be a JSON object.", name),
            };
        }
        catch (JsonException)
        {
            throw RefusedException.Invalid(EdgeCodes.MalformedJson, $"'{name}' isn't JSON.", name);
        }
    }

    private Inputs ToInputs(JsonElement map, string name)
    {
        try
        {
            return serializer.ReadNode<Inputs>(map)!;
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or ArgumentException)
        {
            throw InvalidText(name);
        }
    }

    private static JsonElement? Find(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static RefusedException QueryMissing() =>
        RefusedException.Invalid(EdgeCodes.MissingField, "'query' is missing: it holds the GraphQL document.", Query);

    private static RefusedException InvalidText(string name) =>
        RefusedException.Invalid(EdgeCodes.MalformedJson, $"'{name}' holds text that is not valid Unicode.", name);
}
