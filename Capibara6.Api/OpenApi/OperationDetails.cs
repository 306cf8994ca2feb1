using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
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
        ["createCompletion"] = """{"model":"auto","prompt":"Once upon a time","max_tokens":50}""",
        ["createResponse"] = """{"model":"auto","input":"Hello!","store":false}""",
        ["createEmbedding"] = """{"model":"capibara6-20b","input":["a text","another"]}""",
        ["createMessage"] = """{"model":"auto","max_tokens":200,"messages":[{"role":"user","content":"Hello!"}]}""",
        ["createFile"] = """{"purpose":"batch","file":"{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":{…}}"}""",
        ["createOpenAIBatch"] = """{"input_file_id":"file-0190a0000000700080000000000000f1","endpoint":"/v1/chat/completions","completion_window":"24h"}""",
        ["createModeration"] = """{"model":"capibara6-20b","input":"a text"}""",
        ["logIn"] = """{"username":"developer","password":"dev123"}""",
        ["refreshTokens"] = """{"refresh_token":"cap6r_…"}""",
        ["logOut"] = """{"refresh_token":"cap6r_…"}""",
        ["changePassword"] = """{"current_password":"the old one","new_password":"a long new sentence"}""",
        ["rotateSigningKey"] = """{"revoke_old":false}""",
        ["giveFeedback"] = """{"helpful":true,"comment":"The second step was what I needed."}""",
        ["changePlaybook"] = """{"frozen":true}""",
        ["changeBullet"] = """{"retired":true}""",
        ["importPlaybook"] = """{"name":"Mathematics","bullets":[{"text":"Convert all units before adding.","helpful":2,"harmful":0}]}""",
        ["createApiKey"] = """{"name":"nightly job","permissions":["read","execute","api_access"],"expires_at":"2027-01-01T00:00:00Z"}""",
        ["createUser"] = """{"username":"maria","password":"a long new sentence","roles":["developer"]}""",
        ["changeUser"] = """{"roles":["readonly"],"budget":{"tokens_per_day":100000}}""",
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
                "limit" when operation.OperationId == "listFiles" =>
                    new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "10000", Default = 10_000 },
                "limit" => new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "100", Default = 20 },
                "before" or "account_id" or "api_key_id" => new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
                "from" or "to" => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
                "bucket" => new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["minute", "hour", "day"] },
                "group_by" => new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["model", "account", "api_key"] },
                "id" when ofBatches => new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
                _ => parameter.Schema,
            };
        }

        Protect(operation, context);

        // What it answers is the least that there is to say.
        operation.Description ??= operation.Responses?.FirstOrDefault(static response => response.Key[0] == '2').Value?.Description;
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

    /// <summary>What isn't public needs one of the two credentials; what is public says so.</summary>
    private static void Protect(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        operation.Security = context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any()
            ? []
            :
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentText.BearerScheme, context.Document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentText.ApiKeyScheme, context.Document)] = [] },
            ];
    }
}
