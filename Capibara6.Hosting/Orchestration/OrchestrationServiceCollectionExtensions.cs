using Capibara6.Hosting.Orchestration.Containers;
using Capibara6.Hosting.Orchestration.Endpoints;
using Capibara6.Hosting.Orchestration.Launchers;
using Capibara6.Hosting.Orchestration.LocalServers;
using Capibara6.Hosting.Orchestration.Placement;
using Capibara6.Hosting.Orchestration.Processes;
using Capibara6.Hosting.Orchestration.Projects;
using Capibara6.Hosting.Orchestration.Proxy;
using Capibara6.Hosting.Orchestration.Replicas;
using Capibara6.Hosting.Orchestration.Reporting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Capibara6.Hosting.Orchestration;

/// <summary>Registers what runs the model on this machine.</summary>
internal static class OrchestrationServiceCollectionExtensions
{
    public static IServiceCollection AddOrchestration(this IServiceCollection services)
    {
        services.AddOptions<PlacementOptions>().BindConfiguration(PlacementOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PlacementOptions>, PlacementOptionsValidator>());
        services.AddOptions<RestartOptions>().BindConfiguration(RestartOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RestartOptions>, RestartOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddEndpointProxy();
        services.AddRunProcesses();
        services.TryAddSingleton<EndpointAllocator>();
        services.TryAddSingleton<ReplicaPorts>();
        services.TryAddSingleton<ServerPlacement>();
        services.TryAddSingleton<RunPreparation>();
        services.TryAddSingleton<IProjectOutputs, ProjectOutputs>();
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<IInstanceLauncher, ProcessLauncher>(),
            ServiceDescriptor.Singleton<IInstanceLauncher, LocalServerLauncher>(),
            ServiceDescriptor.Singleton<IInstanceLauncher, ContainerLauncher>(),
            ServiceDescriptor.Singleton<IInstanceLauncher, NoContainerLauncher>(),
        ]);
        services.TryAddSingleton<RunFailures>();
        services.AddRunConsole();
        services.TryAddSingleton<ReplicaStates>();
        services.TryAddSingleton<ReplicaServices>();
        services.TryAddSingleton<RunnerServices>();
        services.TryAddSingleton<ResourceRunnerFactory>();
        services.TryAddSingleton<ResourceAnnouncer>();
        services.TryAddSingleton<ApplicationOrchestrator>();
        services.TryAddSingleton<IApplicationOrchestrator>(provider => provider.GetRequiredService<ApplicationOrchestrator>());
        return services;
    }

    private static void AddRunConsole(this IServiceCollection services)
    {
        services.TryAddSingleton<RunConsole>();
        services.AddHostedService<RunReporter>();
        if (RunConsole.IsAttached())
        {
            // The console logger would write into the table.
            foreach (var console in services.Where(service => service.ImplementationType == typeof(ConsoleLoggerProvider)).ToList())
            {
                services.Remove(console);
            }

            services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, TerminalLoggerProvider>());
        }
    }

    private static void AddRunProcesses(this IServiceCollection services)
    {
        services.TryAddSingleton(LocalServerFolders.Default);
        services.TryAddSingleton<RunFolders>();
        services.TryAddSingleton<LeftoverCleaner>();
        services.TryAddSingleton(provider => HostRun.Begin(
            provider.GetRequiredService<RunFolders>().Runs,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<HostRun>>()));
        services.TryAddSingleton<IProcessRunner, ProcessRunner>();
        services.TryAddSingleton<PackageCache>();
        services.TryAddSingleton<PostgresPrograms>();
        services.TryAddSingleton<RedisPrograms>();
        services.TryAddSingleton<LocalPostgres>();
        services.TryAddSingleton<LocalRedis>();
        services.TryAddSingleton<ContainerRuntimes>();
        services.TryAddSingleton<ContainerSpecs>();
        services.TryAddSingleton<ContainerImages>();
    }
}
