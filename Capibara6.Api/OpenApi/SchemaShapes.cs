using Capibara6.Api.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Capibara6.Api.OpenApi;

/// <summary>The shapes that types alone don't tell: a field that is a string or something else; bodies that take no other fields.</summary>
internal sealed class SchemaShapes : IOpenApiSchemaTransformer
{
    public async Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(StringOr<>))
        {
            var other = await context.GetOrCreateSchemaAsync(type.GetGenericArguments()[0], null, cancellationToken);
            schema.AnyOf = [new OpenApiSchema { Type = JsonSchemaType.String }, other];
        }
    }
}
