using System.Collections.Immutable;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Processes;
using Capibara6.Hosting.Orchestration.Projects;
using Capibara6.Hosting.Orchestration.Replicas;

namespace Capibara6.Hosting.Orchestration.Launchers;

/// <summary>Starts projects and executables as processes.</summary>
internal sealed class ProcessLauncher(
    IProcessRunner processes, IProjectOutputs outputs, ResourceConfigurationEvaluator evaluator, ResourceLoggerService logs) : IInstanceLauncher
{
    // They describe the AppHost itself; a service that inherits them would listen and behave as if it were the AppHost.
    private static readonly string[] s_own =
        ["ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE", "ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"];

    public bool CanLaunch(IResource resource) => resource is ProjectResource or ExecutableResource;

    public async Task<ILaunchedInstance> LaunchAsync(InstanceLaunch launch, CancellationToken cancellationToken)
    {
        var (resource, instance, targetPorts) = launch;
        var command = await CommandAsync(resource, instance.Id, cancellationToken);
        var configuration = await evaluator.EvaluateAsync(resource, instance, targetPorts, cancellationToken);
        var environment = s_own.ToDictionary(name => name, _ => (string?)null, StringComparer.Ordinal);
        if (resource is ProjectResource)
        {
            // An apphost has to find the installation that this process runs on, wherever it is.
            environment["DOTNET_ROOT"] = DotNetHost.Root;
        }

        foreach (var (name, value) in configuration.Environment)
        {
            environment[name] = value;
        }

        var arguments = configuration.Arguments.Select(argument => argument.Value).ToList();
        try
        {
            var process = processes.Start(new ProcessSpec(command.Program)
            {
                Arguments = [.. command.Arguments, .. arguments],
                WorkingDirectory = command.WorkingDirectory,
                Environment = environment,
                OnLine = line => logs.Append(instance.Id, line.Text, line.IsError),
                // Enough for the message above a long stack trace.
                RetainedLines = 200,
            });
            return new LaunchedProcess(process, Describe(resource, command, configuration, process.Pid), Variables(configuration));
        }
        catch (ProcessStartException exception)
        {
            throw new InstanceLaunchException(exception.Message, exception);
        }
    }

    private async Task<Command> CommandAsync(IResource resource, string instanceId, CancellationToken cancellationToken)
    {
        if (resource is ExecutableResource executable)
        {
            return new Command(executable.Command, [], executable.WorkingDirectory, executable.Command);
        }

        if (!resource.TryGetLastAnnotation<IProjectMetadata>(out var project))
        {
            throw new InstanceLaunchException($"Resource '{resource.Name}' says not which project it is.");
        }

        var output = await outputs.FindAsync(
            project.ProjectPath, build: !project.SuppressBuild, line => logs.Append(instanceId, line, isError: false), cancellationToken);
        return new Command(output.Program, output.Arguments, Path.GetDirectoryName(project.ProjectPath)!, project.ProjectPath);
    }

    private static ImmutableArray<ResourcePropertySnapshot> Describe(
        IResource resource, Command command, InstanceConfiguration configuration, int pid)
    {
        var properties = ImmutableArray.CreateBuilder<ResourcePropertySnapshot>();
        properties.Add(new ResourcePropertySnapshot(KnownProperties.Executable.Path, command.Program));
        properties.Add(new ResourcePropertySnapshot(KnownProperties.Executable.WorkDir, command.WorkingDirectory));
        properties.Add(new ResourcePropertySnapshot(KnownProperties.Executable.Pid, pid));
        properties.Add(new ResourcePropertySnapshot(KnownProperties.Resource.Source, command.Source));
        properties.Add(new ResourcePropertySnapshot(RunsAs.Property, $"process {pid}"));
        var arguments = configuration.Arguments;
        properties.Add(new ResourcePropertySnapshot(KnownProperties.Executable.Args, arguments.Select(argument => argument.Value).ToImmutableArray())
        {
            IsSensitive = true,
        });
        properties.Add(new ResourcePropertySnapshot(KnownProperties.Resource.AppArgs, arguments.Select(argument => argument.Value).ToImmutableArray())
        {
            IsSensitive = arguments.Any(argument => argument.IsSensitive),
        });
        properties.Add(new ResourcePropertySnapshot(
            KnownProperties.Resource.AppArgsSensitivity, arguments.Select(argument => argument.IsSensitive ? 1 : 0).ToImmutableArray()));
        if (resource is ProjectResource)
        {
            properties.Add(new ResourcePropertySnapshot(KnownProperties.Project.Path, command.Source));
            if (configuration.Environment.TryGetValue("DOTNET_LAUNCH_PROFILE", out var profile))
            {
                properties.Add(new ResourcePropertySnapshot(KnownProperties.Project.LaunchProfile, profile));
            }
        }

        return properties.ToImmutable();
    }

    private static ImmutableArray<EnvironmentVariableSnapshot> Variables(InstanceConfiguration configuration) =>
        [.. configuration.Environment.Select(variable => new EnvironmentVariableSnapshot(variable.Key, variable.Value, IsFromSpec: true))];

    private sealed record Command(string Program, IReadOnlyList<string> Arguments, string WorkingDirectory, string Source);

    private sealed class LaunchedProcess(
        IRunningProcess process, ImmutableArray<ResourcePropertySnapshot> properties, ImmutableArray<EnvironmentVariableSnapshot> variables) : ILaunchedInstance
    {
        public Task<InstanceExit> Exit { get; } = ConvertAsync(process.Exit);

        public ImmutableArray<ResourcePropertySnapshot> Properties => properties;

        public ImmutableArray<EnvironmentVariableSnapshot> EnvironmentVariables => variables;

        public async Task<InstanceExit> StopAsync(CancellationToken cancellationToken)
        {
            await process.StopAsync(cancellationToken);
            return await Exit;
        }

        public ValueTask DisposeAsync() => process.DisposeAsync();

        private static async Task<InstanceExit> ConvertAsync(Task<ProcessExit> exit)
        {
            var (exitCode, lastLines) = await exit;
            return new InstanceExit(exitCode, lastLines);
        }
    }
}
