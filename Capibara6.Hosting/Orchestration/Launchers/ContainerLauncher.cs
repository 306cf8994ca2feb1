using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Containers;
using Capibara6.Hosting.Orchestration.Placement;
using Capibara6.Hosting.Orchestration.Processes;
using Capibara6.Hosting.Orchestration.Replicas;

namespace Capibara6.Hosting.Orchestration.Launchers;

/// <summary>Starts resources from their images, in the container runtime of this machine.</summary>
internal sealed class ContainerLauncher(
    ServerPlacement placement, ContainerSpecs specs, ContainerImages images, ResourceLoggerService logs) : IInstanceLauncher
{
    public bool CanLaunch(IResource resource) =>
        resource is ContainerResource && !resource.HasAnnotationOfType<LocalServerAnnotation>() && placement.Runtime is not null;

    public async Task<ILaunchedInstance> LaunchAsync(InstanceLaunch launch, CancellationToken cancellationToken)
    {
        var runtime = placement.Runtime!;
        void Log(ProcessLine line) => logs.Append(launch.Instance.Id, line.Text, line.IsError);
        try
        {
            var (spec, configuration) = await specs.CreateAsync(launch, placement.Network, Log, cancellationToken);
            await images.EnsureAsync(runtime, (ContainerResource)launch.Resource, spec, Log, cancellationToken);
            await runtime.EnsureNetworkAsync(placement.Network, isPersistent: false, cancellationToken);
            var container = await runtime.StartAsync(spec, cancellationToken);
            return new LaunchedContainer(container, spec, configuration, $"container, {runtime.Version}");
        }
        catch (Exception exception) when (exception is ContainerException or ProcessStartException)
        {
            throw new InstanceLaunchException(exception.Message, exception);
        }
    }

    private sealed class LaunchedContainer(
        IRunningContainer container, ContainerSpec spec, InstanceConfiguration configuration, string runsAs) : ILaunchedInstance
    {
        public Task<InstanceExit> Exit { get; } = ConvertAsync(container.Exit);

        public bool OutlivesTheHost => spec.IsPersistent;

        public ImmutableArray<ResourcePropertySnapshot> Properties { get; } =
        [
            new ResourcePropertySnapshot(KnownProperties.Container.Id, container.Id),
            new ResourcePropertySnapshot(KnownProperties.Container.Image, spec.Image),
            new ResourcePropertySnapshot(KnownProperties.Container.Command, spec.Entrypoint ?? string.Empty),
            new ResourcePropertySnapshot(KnownProperties.Container.Args, configuration.Arguments.Select(argument => argument.Value).ToImmutableArray()) { IsSensitive = true },
            new ResourcePropertySnapshot(KnownProperties.Container.Ports, container.Ports.Select(port => port.TargetPort).ToImmutableArray()),
            new ResourcePropertySnapshot(KnownProperties.Container.Lifetime, spec.IsPersistent ? "Persistent" : "Session"),
            new ResourcePropertySnapshot(KnownProperties.Resource.Source, spec.Image),
            new ResourcePropertySnapshot(RunsAs.Property, runsAs),
        ];

        public ImmutableArray<EnvironmentVariableSnapshot> EnvironmentVariables { get; } =
            [.. configuration.Environment.Select(variable => new EnvironmentVariableSnapshot(variable.Key, variable.Value, IsFromSpec: true))];

        public async Task<InstanceExit> StopAsync(CancellationToken cancellationToken)
        {
            await container.StopAsync(cancellationToken);
            return await Exit;
        }

        public ValueTask DisposeAsync() => container.DisposeAsync();

        private static async Task<InstanceExit> ConvertAsync(Task<ProcessExit> exit)
        {
            var (exitCode, lastLines) = await exit;
            return new InstanceExit(exitCode, lastLines);
        }
    }
}
