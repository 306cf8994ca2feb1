using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Containers;
using Capibara6.Hosting.Orchestration.Processes;

namespace Capibara6.Hosting.Orchestration.Launchers;

/// <summary>Makes sure that the image of a container is on this machine: builds it, or has it pulled.</summary>
internal sealed class ContainerImages(IProcessRunner processes)
{
    public async Task EnsureAsync(
        IContainerRuntime runtime, ContainerResource resource, ContainerSpec spec, Action<ProcessLine> log, CancellationToken cancellationToken)
    {
        if (resource.TryGetLastAnnotation<DockerfileBuildAnnotation>(out var build))
        {
            await BuildAsync(runtime, resource, build, spec.Image, log, cancellationToken);
            return;
        }

        await runtime.EnsureImageAsync(spec.Image, spec.Pull, log, cancellationToken);
    }

    private async Task BuildAsync(
        IContainerRuntime runtime, ContainerResource resource, DockerfileBuildAnnotation build, string image, Action<ProcessLine> log, CancellationToken cancellationToken)
    {
        if (build.BuildSecrets.Count > 0)
        {
            throw new InstanceLaunchException($"'{resource.Name}' is built with secrets, which a run can't do yet. Build the image {image} yourself and use WithImage.");
        }

        List<string> arguments = ["build", "--tag", image, "--file", build.DockerfilePath];
        if (build.Stage is not null)
        {
            arguments.AddRange(["--target", build.Stage]);
        }

        foreach (var (name, value) in build.BuildArguments)
        {
            var text = await ResourceConfigurationEvaluator.ResolveAsync(value, new ValueProviderContext { Caller = resource }, cancellationToken);
            arguments.AddRange(["--build-arg", text is null ? name : $"{name}={text}"]);
        }

        arguments.Add(build.ContextPath);
        await using var running = processes.Start(new ProcessSpec(runtime.Name) { Arguments = arguments, OnLine = log, LeavesDaemons = true });
        var exit = await running.Exit.WaitAsync(cancellationToken);
        if (exit.ExitCode != 0)
        {
            throw new InstanceLaunchException($"The image of '{resource.Name}' doesn't build: {string.Join(' ', exit.LastLines.TakeLast(5))}");
        }
    }
}
