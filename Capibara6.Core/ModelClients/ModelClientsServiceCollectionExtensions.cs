using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.ModelClients;

/// <summary>The models: catalog, deployments and the calls to them.</summary>
public static class ModelClientsServiceCollectionExtensions
{
    public static IServiceCollection AddModelClients(this IServiceCollection services)
    {
        // Not BindConfiguration: a change that is wrong would throw in whoever reloads. The fleet follows changes itself.
        services.AddOptions<ModelsOptions>()
            .Configure<IConfiguration>(static (options, configuration) => configuration.GetSection(ModelsOptions.SectionName).Bind(options))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ModelsOptions>, ModelsOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ModelFleet>();
        services.TryAddSingleton<IModelCatalog>(provider => provider.GetRequiredService<ModelFleet>());
        services.TryAddSingleton<ModelWire>();
        services.TryAddSingleton<ModelCalls>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ModelProbe>());
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "models", provider => new ModelHealthCheck(provider.GetRequiredService<ModelFleet>()), HealthStatus.Degraded, ["detail"]));
        return services;
    }
}
