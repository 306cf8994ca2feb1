using Aspire.Hosting.Lifecycle;
using Capibara6.Hosting.LocalServers.Postgres;
using Capibara6.Hosting.LocalServers.Programs;
using Capibara6.Hosting.LocalServers.Redis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Hosting.LocalServers;

/// <summary>Run mode on a machine without a container runtime.</summary>
public static class LocalServersExtensions
{
    /// <summary>
    /// Lets the application run where nothing runs containers: PostgreSQL and Redis, and every server that has an <see cref="ILocalServer"/>, run as
    /// processes of this machine then, with the data, passwords, ports and settings that the model gives them.
    /// </summary>
    /// <remarks>
    /// Settings, each also a switch of the command line:
    /// <c>Hosting:Infrastructure</c> (<c>--infrastructure</c>) is auto, containers or local: where servers run; auto takes containers when docker or podman
    /// (or the one that ASPIRE_CONTAINER_RUNTIME names) is healthy.
    /// <c>Hosting:Replicas</c> (<c>--replicas</c>) is one or production: how many instances of a project run.
    /// <c>Hosting:PostgresFolder</c> is the folder of PostgreSQL's programs; without it the host looks for them.
    /// <c>Endpoints:{resource}:{endpoint}:Port</c> moves an endpoint; 0 stands for any free port.
    /// An error that the user can put right (a <see cref="DistributedApplicationException"/>) is one line on the error stream, and exit code 1.
    /// When publishing it does nothing but that.
    /// </remarks>
    public static IDistributedApplicationBuilder AddLocalServers(this IDistributedApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ExpectedErrors.OneLineEach();
        CommandLineCheck.Check();
        if (!builder.ExecutionContext.IsRunMode || builder.Services.Any(service => service.ServiceType == typeof(ServerPlacement)))
        {
            return builder;
        }

        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(HostFolders.Default);
        services.AddSingleton<Guardian>();
        services.AddSingleton<ServerFolders>();
        services.AddSingleton<Leftovers>();
        services.AddSingleton<PackageCache>();
        services.AddSingleton<PostgresPrograms>();
        services.AddSingleton<LocalPostgres>();
        services.AddSingleton<ILocalServer, PostgresServer>();
        services.AddSingleton<RedisPrograms>();
        services.AddSingleton<LocalRedis>();
        services.AddSingleton<ILocalServer, RedisServer>();
        services.AddSingleton<ServerPlacement>();
        services.AddSingleton<RunFailure>();

        // Before the orchestrator, whose start ends only when nothing waits for a server any more.
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService, ServerKeeper>());
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService, StartSummary>());
        services.AddSingleton<IDistributedApplicationEventingSubscriber>(provider => new RunPreparation(builder, provider));
        return builder;
    }
}
