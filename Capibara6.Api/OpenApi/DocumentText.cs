using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Capibara6.Api.OpenApi;

/// <summary>What the document says of the API as a whole.</summary>
internal sealed class DocumentText : IOpenApiDocumentTransformer
{
    public const string BearerScheme = "bearer";
    public const string ApiKeyScheme = "api_key";

    private static readonly (string Name, string Description)[] s_tags =
    [
        ("Queries", "Ask a question and get an answer, whole or piece by piece."),
        ("Batches", "Hand in many questions and fetch the answers later."),
        ("Models", "The models that questions can go to."),
        ("Measurements", "What was asked over time, how fast it went and what it cost."),
        ("OpenAI-compatible", "The same answers in OpenAI's shapes: point any OpenAI client at `/v1`."),
        ("Anthropic-compatible", "The same answers in Anthropic's shapes: point any Anthropic client at this address."),
        ("Cache", "The store of answers."),
        ("Playbooks", "What answers are enriched with: small pieces of advice for each domain, which learn from judgements and feedback."),
        ("Access", "Log in, keep API keys, see who you are. Send a token or a key as `Authorization: Bearer`."),
        ("Administration", "Users, audit log, signing keys."),
        ("Health", "How the service and what it needs are."),
    ];

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Capibara6",
            Version = "v1",
            Description = """
                Answers questions with the language model that fits them, adds context, and runs the code that an answer holds.

                JSON is snake_case in UTF-8, times are RFC 3339 in UTC, identifiers are UUIDv7. A body is at most 1 MiB; unknown and
                repeated fields are refused. Failures are problem details (RFC 9457): switch on `code`, show `detail`, quote `trace_id`.
                """,
            Contact = new OpenApiContact { Name = "Capibara6" },
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };

        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [BearerScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An access token of `POST /auth/login`, or an API key.",
            },
            [ApiKeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = "X-API-Key",
                Description = "An API key of `POST /auth/api-keys`.",
            },
        };

        // Relative to wherever the document was fetched from.
        document.Servers = [new OpenApiServer { Url = "/" }];
        var used = document.Paths.Values
            .SelectMany(path => path.Operations?.Values.AsEnumerable() ?? [])
            .SelectMany(operation => operation.Tags?.AsEnumerable() ?? [])
            .Select(tag => tag.Name)
            .ToHashSet(StringComparer.Ordinal);
        document.Tags = s_tags
            .Where(tag => used.Contains(tag.Name))
            .Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description })
            .ToHashSet();
        return Task.CompletedTask;
    }
}
