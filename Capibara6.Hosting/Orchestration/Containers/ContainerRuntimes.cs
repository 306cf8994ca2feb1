using Capibara6.Hosting.Orchestration.Processes;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration.Containers;

/// <summary>The container runtime of this machine, or why there is none.</summary>
/// <param name="Runtime">Null: none that works.</param>
/// <param name="Reason">What was found instead, for people to read; empty when there is a runtime.</param>
internal sealed record ContainerRuntimeChoice(IContainerRuntime? Runtime, string Reason);

/// <summary>Finds docker or podman and checks that it answers: docker first, unless the user has chosen.</summary>
internal sealed class ContainerRuntimes(
    HostRun run, IProcessRunner runner, TimeProvider time, ILogger<ContainerRuntime> logger)
{
    /// <summary>The variable by which the user chooses <c>docker</c>, <c>podman</c>, or the full path of one; the second name is the older one.</summary>
    private static readonly string[] s_choiceVariables = ["ASPIRE_CONTAINER_RUNTIME", "DOTNET_ASPIRE_CONTAINER_RUNTIME"];
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(8);

    /// <param name="variable">Reads an environment variable of the host or a setting of that name.</param>
    public Task<ContainerRuntimeChoice> FindAsync(Func<string, string?> variable, CancellationToken cancellationToken)
    {
        var chosen = s_choiceVariables.Select(variable).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
        return chosen is null or "docker" or "podman" || Path.IsPathRooted(chosen)
            ? FindAsync(chosen is null ? ["docker", "podman"] : [chosen], cancellationToken)
            : Task.FromResult(new ContainerRuntimeChoice(null, $"{s_choiceVariables[0]} is {chosen}; it can be docker, podman, or the full path of one of them."));
    }

    internal async Task<ContainerRuntimeChoice> FindAsync(string[] programs, CancellationToken cancellationToken)
    {
        var probes = await Task.WhenAll(programs.Select(program => ProbeAsync(program, cancellationToken))).ConfigureAwait(false);
        return Array.Find(probes, probe => probe.Runtime is not null)
            ?? new ContainerRuntimeChoice(null, string.Join(' ', probes.Select(probe => probe.Reason)));
    }

    private async Task<ContainerRuntimeChoice> ProbeAsync(string program, CancellationToken cancellationToken)
    {
        if (Executables.Find(program) is not { } path)
        {
            return new ContainerRuntimeChoice(null, $"{program} is not installed.");
        }

        var command = new ContainerCommand(path, runner);
        using var limit = new CancellationTokenSource(s_answerLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await command.RunAsync("list containers", ["container", "ls", "--last", "1", "--quiet"], either.Token).ConfigureAwait(false);
            var version = await command.RunAsync("state its version", ["--version"], either.Token).ConfigureAwait(false);
            return new ContainerRuntimeChoice(
                new ContainerRuntime(command, version.Count > 0 ? version[0].Trim() : program, run, time, logger), string.Empty);
        }
        catch (ContainerException error)
        {
            return new ContainerRuntimeChoice(null, $"{program} is installed but does not work: {error.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ContainerRuntimeChoice(null, $"{program} is installed but did not answer within {s_answerLimit.TotalSeconds} s.");
        }
    }
}
