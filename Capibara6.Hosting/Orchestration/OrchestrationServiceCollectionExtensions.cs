using Aspire.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Capibara6.Hosting.Orchestration;

/// <summary>Registers what runs the model on this machine.</summary>
internal static class OrchestrationServiceCollectionExtensions
{
    public static IServiceCollection AddOrchestration(this IServiceCollection services)
    {
        services.TryAddSingleton<IApplicationOrchestrator>(_ => throw new DistributedApplicationException(
            "This version can publish the application, but not run it yet: use --publisher."));
        return services;
    }
}
