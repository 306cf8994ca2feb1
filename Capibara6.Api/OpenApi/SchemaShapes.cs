using System.Text.Json.Serialization.Metadata;
using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Capibara6.Api.OpenApi;

/// <summary>What the types alone don't tell the document.</summary>
internal sealed class SchemaShapes : IOpenApiSchemaTransformer
{
    private static readonly Dictionary<string, string> s_problemFields = new(StringComparer.Ordinal)
    {
        ["type"] = "Always `about:blank`: the status and the code say it all.",
        ["title"] = "The status in words.",
        ["status"] = "The HTTP status.",
        ["detail"] = "What is wrong and what to do, for people.",
    };

    public async Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var json = context.JsonTypeInfo;
        var type = Nullable.GetUnderlyingType(json.Type) ?? json.Type;
        if (type == typeof(DateTimeOffset) || type.IsEnum)
        {
            schema.Type = type == json.Type ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
        }

        if (IsStringOr(type))
        {
            schema.AnyOf = await AlternativesAsync(type, context, cancellationToken);
            schema.Description = null;
        }

        if (json is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element } && IsStringOr(element))
        {
            schema.Items = new OpenApiSchema { AnyOf = await AlternativesAsync(element, context, cancellationToken) };
        }

        // Bodies that we take are closed. Answers may gain fields, and OpenAI's requests hold more than we read.
        if (json.Kind == JsonTypeInfoKind.Object && (!type.Name.EndsWith("Body", StringComparison.Ordinal) || type.Name.StartsWith("Chat", StringComparison.Ordinal)))
        {
            schema.AdditionalPropertiesAllowed = true;
            schema.AdditionalProperties = type.Name.EndsWith("Body", StringComparison.Ordinal) ? new OpenApiSchema() : null;
        }

        if (type == typeof(Problem) && schema.Properties is { } fields)
        {
            fields.Remove("instance");
            foreach (var (name, text) in s_problemFields)
            {
                fields[name].Description = text;
            }
        }
    }

    private static bool IsStringOr(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(StringOr<>);

    private static async Task<IList<IOpenApiSchema>> AlternativesAsync(
        Type stringOr, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken) =>
    [
        new OpenApiSchema { Type = JsonSchemaType.String },
        await context.GetOrCreateSchemaAsync(stringOr.GetGenericArguments()[0], null, cancellationToken),
    ];
}
