using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.LocalServers;
using Capibara6.Hosting.Orchestration.Placement;
using Capibara6.Hosting.Orchestration.Processes;
using Capibara6.Hosting.Orchestration.Replicas;
using Microsoft.Extensions.Options;

namespace Capibara6.Hosting.Orchestration.Launchers;

/// <summary>Starts PostgreSQL and Redis as processes of this machine.</summary>
internal sealed class LocalServerLauncher(
    LocalPostgres postgres, LocalRedis redis, LocalServerFolders folders, IOptions<PlacementOptions> options, ResourceLoggerService logs) : IInstanceLauncher
{
    public bool CanLaunch(IResource resource) => resource.HasAnnotationOfType<LocalServerAnnotation>();

    public async Task<ILaunchedInstance> LaunchAsync(InstanceLaunch launch, CancellationToken cancellationToken)
    {
        void Log(ProcessLine line) => logs.Append(launch.Instance.Id, line.Text, line.IsError);
        var port = launch.TargetPorts.Values.Single();
        try
        {
            var server = launch.Resource switch
            {
                PostgresServerResource resource => await postgres.StartAsync(await SpecAsync(resource, port, Log, cancellationToken), cancellationToken),
                RedisResource resource => await redis.StartAsync(await SpecAsync(resource, port, Log, cancellationToken), cancellationToken),
                var other => throw new InstanceLaunchException($"'{other.Name}' can only run in a container."),
            };
            return new LaunchedServer(server);
        }
        catch (Exception exception) when (exception is LocalServerException or ProcessStartException)
        {
            throw new InstanceLaunchException(exception.Message, exception);
        }
    }

    private async Task<PostgresSpec> SpecAsync(PostgresServerResource resource, int port, Action<ProcessLine> log, CancellationToken cancellationToken)
    {
        if (resource.Annotations.OfType<ContainerMountAnnotation>().Any(mount => mount.Target == "/docker-entrypoint-initdb.d"))
        {
            throw new InstanceLaunchException(
                $"'{resource.Name}' has init files, which only its image runs. Start docker or podman, or use WithCreationScript on its databases.");
        }

        var user = await resource.UserNameReference.GetValueAsync(cancellationToken);
        var password = await resource.PasswordParameter.GetValueAsync(cancellationToken);
        var data = DataFolder(resource);
        return new PostgresSpec(resource.Name, port, user ?? "postgres", password ?? string.Empty)
        {
            DataFolder = data,
            Settings = PostgresArguments.ReadSettings(resource.Name, await resource.GetArgumentValuesAsync()),
            ProgramFolder = options.Value.PostgresFolder,
            // What nobody keeps needs no protection against a loss of power.
            Durable = data is not null,
            OnLine = log,
        };
    }

    private async Task<RedisSpec> SpecAsync(RedisResource resource, int port, Action<ProcessLine> log, CancellationToken cancellationToken)
    {
        var password = resource.PasswordParameter is { } parameter ? await parameter.GetValueAsync(cancellationToken) : null;
        if (resource.HasAnnotationOfType<RedisModuleAnnotation>())
        {
            throw new InstanceLaunchException($"'{resource.Name}' loads a module, which only a container of its image has. Start docker or podman, or leave the module out.");
        }

        // The first is AddRedis's own: what it says to a container, the specification says here.
        if (resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().Skip(1).Any())
        {
            throw new InstanceLaunchException(
                $"'{resource.Name}' has arguments of its own (WithArgs), which only its container can have. Start docker or podman, or leave them out.");
        }

        resource.TryGetLastAnnotation<RedisPersistenceAnnotation>(out var persistence);
        return new RedisSpec(resource.Name, port, password)
        {
            DataFolder = DataFolder(resource),
            SaveInterval = persistence?.Interval ?? TimeSpan.FromMinutes(1),
            SaveAfterChanges = persistence?.KeysChanged ?? 1,
            OnLine = log,
        };
    }

    // The server's data is what is mounted at the place where its image keeps data; there is one such mount.
    private string? DataFolder(ContainerResource resource)
    {
        var mount = resource.Annotations.OfType<ContainerMountAnnotation>()
            .LastOrDefault(mount => mount.Target.StartsWith("/var/lib/postgresql", StringComparison.Ordinal) || mount.Target == "/data");
        return mount switch
        {
            { Type: ContainerMountType.Volume, Source: { } volume } => folders.Volume(volume),
            { Type: ContainerMountType.BindMount, Source: { } folder } => folder,
            _ => null,
        };
    }

    private sealed class LaunchedServer(ILocalServer server) : ILaunchedInstance
    {
        public Task<InstanceExit> Exit { get; } = ConvertAsync(server.Exit);

        public ImmutableArray<ResourcePropertySnapshot> Properties { get; } =
        [
            new ResourcePropertySnapshot(KnownProperties.Executable.Pid, server.Pid),
            new ResourcePropertySnapshot(RunsAs.Property, server.Description),
        ];

        public ImmutableArray<EnvironmentVariableSnapshot> EnvironmentVariables => [];

        public async Task<InstanceExit> StopAsync(CancellationToken cancellationToken)
        {
            await server.StopAsync(cancellationToken);
            var (exitCode, lastLines) = await server.Exit;
            return new InstanceExit(exitCode, lastLines);
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();

        // A server is meant to run for ever: one that ends by itself, however politely, has failed.
        private static async Task<InstanceExit> ConvertAsync(Task<ProcessExit> exit)
        {
            var (exitCode, lastLines) = await exit;
            return new InstanceExit(exitCode == 0 ? 1 : exitCode, lastLines);
        }
    }
}
