using Microsoft.Extensions.Options;
using Scalar.AspNetCore;

namespace Capibara6.Api.OpenApi;

internal static class OpenApiSetup
{
    public const string DocumentPath = "/api/v1/openapi.json";
    public const string PagePath = "/api/v1/docs";

    private const string DocumentName = "openapi";

    public static IServiceCollection AddApiDocument(this IServiceCollection services)
    {
        services.AddOptions<DocsOptions>()
            .Configure<IHostEnvironment>((docs, environment) => docs.Enabled = !environment.IsProduction())
            .BindConfiguration(DocsOptions.SectionName);
        return services.AddOpenApi(DocumentName, options =>
        {
            options.OpenApiVersion = Microsoft.OpenApi.OpenApiSpecVersion.OpenApi3_1;
            options.AddDocumentTransformer<DocumentText>();
            options.AddDocumentTransformer<AnyJson>();
            options.AddSchemaTransformer<SchemaShapes>();
            options.AddOperationTransformer<OperationDetails>();
        });
    }

    public static void MapApiDocument(this IEndpointRouteBuilder routes)
    {
        var enabled = routes.ServiceProvider.GetRequiredService<IOptions<DocsOptions>>().Value.Enabled;
        routes.MapFrontPage(enabled);
        if (!enabled)
        {
            return;
        }

        routes.MapOpenApi("/api/v1/{documentName}.json").AllowPublic();
        routes.MapScalarApiReference(PagePath, options => options
            .WithTitle("Capibara6")
            .WithOpenApiRoutePattern(DocumentPath)

            // The page must work in a house without a way out: its script comes from this assembly, its fonts from the system.
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()

            // The maker's own buttons: sharing, hosting, making clients.
            .HideClientButton()
            .HideDeveloperTools()
            .DisableMcp()).AllowPublic();
    }
}
