using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Capibara6.Api.OpenApi;

/// <summary>An example body for each call that takes one.</summary>
internal sealed class OperationExamples : IOpenApiOperationTransformer
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

        return Task.CompletedTask;
    }
}
