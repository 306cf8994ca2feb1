using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.ModelClients;

/// <summary>The models: catalog and clients.</summary>
public static class ModelClientsServiceCollectionExtensions
{
    public static IServiceCollection AddModelClients(this IServiceCollection services)
    {
        services.AddOptions<ModelsOptions>().BindConfiguration(ModelsOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ModelsOptions>, ModelsOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IModelCatalog, ModelCatalog>();
        services.TryAddSingleton<ModelClientFactory>();
        services.TryAddSingleton<IModelClients, ModelClientSet>();
        return services;
    }
}
