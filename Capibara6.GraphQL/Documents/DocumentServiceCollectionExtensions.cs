using GraphQL.Execution;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Documents;

internal static class DocumentServiceCollectionExtensions
{
    /// <summary>Documents: read within bounds, and the rules that they keep.</summary>
    public static IServiceCollection AddDocuments(this IServiceCollection services)
    {
        services.AddOptions<DocumentOptions>().BindConfiguration(DocumentOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DocumentOptions>, DocumentOptionsValidator>());
        services.AddSingleton<BoundedDocumentBuilder>();
        services.AddSingleton<IDocumentBuilder, CachedDocuments>();
        services.AddSingleton<KnownDocuments>();
        return services;
    }
}
