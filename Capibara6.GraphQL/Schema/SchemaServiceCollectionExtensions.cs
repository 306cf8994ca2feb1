using System.Text.Encodings.Web;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Accounts;
using Capibara6.GraphQLApi.Batches;
using Capibara6.GraphQLApi.Documents;
using Capibara6.GraphQLApi.Errors;
using Capibara6.GraphQLApi.ModelCatalog;
using Capibara6.GraphQLApi.Pages;
using GraphQL;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;

namespace Capibara6.GraphQLApi.Schema;

internal static class SchemaServiceCollectionExtensions
{
    // The library's own source of spans.
    private const string ActivitySource = "GraphQL";

    /// <summary>The schema with its engine: parsing, limits, errors, spans. What it resolves from is Core's.</summary>
    public static IServiceCollection AddCapibara6Schema(this IServiceCollection services)
    {
        services.AddSingleton<UnexpectedErrors>();
        services.AddDocuments();
        services.AddSingleton<OperationLimits>();
        services.AddGraphQL(graphql => graphql
            .AddSchema(provider => new CapibaraSchema(provider))
            .AddGraphTypes(typeof(CapibaraSchema).Assembly)
            // Answers are no part of a page: letters of all languages go out as they are.
            .AddSystemTextJson(json => json.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)
            .AddErrorInfoProvider<ErrorTable>()
            .AddComplexityAnalyzer((limits, provider) =>
            {
                var options = provider.GetRequiredService<IOptions<DocumentOptions>>().Value;
                limits.MaxDepth = options.MaxDepth;
                limits.MaxComplexity = options.MaxCost;
                limits.DefaultListImpactMultiplier = Costs.EntriesOfAList;
                var general = limits.DefaultComplexityImpactDelegate;
                limits.DefaultComplexityImpactDelegate = context => Costs.OfOtherFields(context, general);
                limits.ValidateComplexityDelegate = provider.GetRequiredService<OperationLimits>().EnterAsync;
            })
            .AddUnhandledExceptionHandler((context, options) => options.RequestServices!.GetRequiredService<UnexpectedErrors>().HandleAsync(context))
            // Documents hold the users' questions: they stay out of traces.
            .UseTelemetry(telemetry => telemetry.RecordDocument = false));
        services.AddSingleton(typeof(ConnectionType<>));
        services.AddSingleton(typeof(EdgeType<>));
        services.AddScoped<INodeSource, ModelNodes>();
        services.AddScoped<INodeSource, BatchNodes>();
        services.AddScoped<INodeSource, ApiKeyNodes>();
        services.AddHostedService<SchemaWarmup>();
        services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddSource(ActivitySource));
        return services;
    }
}
