using System.Text.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Capibara6.Api.OpenApi;

/// <summary>
/// A field that may hold any JSON may hold null as well; "null, or else anything" would be neither for a null. A list of any JSON says
/// that its entries may be anything.
/// </summary>
internal sealed class AnyJson : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var properties in document.Components?.Schemas?.Values.Select(schema => schema.Properties).OfType<IDictionary<string, IOpenApiSchema>>() ?? [])
        {
            foreach (var (name, schema) in properties.ToArray())
            {
                if (schema is OpenApiSchema { Type: JsonSchemaType.Array, Items: null } list)
                {
                    list.Items = new OpenApiSchema();
                }

                if (schema.OneOf?.OfType<OpenApiSchemaReference>().FirstOrDefault(one => one.Reference.Id == nameof(JsonElement)) is { } any)
                {
                    properties[name] = new OpenApiSchema { Description = any.Description };
                }
            }
        }

        document.Components?.Schemas?.Remove(nameof(JsonElement));
        return Task.CompletedTask;
    }
}
