using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Capibara6.Api.OpenApi;

/// <summary>An example for each body, the form of parameters that handlers parse themselves, answers in the order of their statuses.</summary>
internal sealed class OperationDetails : IOpenApiOperationTransformer
{
    private static readonly Dictionary<string, string> s_bodies = new(StringComparer.Ordinal)
    {
        ["processQuery"] = """{"query":"How to create a Python function?","context":{"audience":"beginners"}}""",
        ["streamQuery"] = """{"query":"Explain recursion in two sentences.","model":"auto"}""",
        ["createBatch"] = """{"queries":["What is a monad?",{"query":"Sort a list in Go.","custom_id":"go-1"}],"priority":"high"}""",
        ["createChatCompletion"] = """{"model":"auto","messages":[{"role":"user","content":"Hello!"}],"stream":false}""",
    };

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (operation.OperationId is { } id && s_bodies.TryGetValue(id, out var body) && operation.RequestBody?.Content is { } content)
        {
            foreach (var media in content.Values)
            {
                media.Example = JsonNode.Parse(body);
            }
        }

        var ofBatches = operation.Tags?.Any(tag => tag.Name == "Batches") == true;
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            parameter.Schema = parameter.Name switch
            {
                "limit" => new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "100", Default = 20 },
                "before" => new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
                "id" when ofBatches => new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
                _ => parameter.Schema,
            };
        }

        if (operation.Responses is { } responses)
        {
            var sorted = new OpenApiResponses();
            foreach (var (status, response) in responses.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                sorted.Add(status, response);
            }

            operation.Responses = sorted;
        }

        return Task.CompletedTask;
    }
}
