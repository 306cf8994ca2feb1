using Capibara6.Hosting.LocalServers.Programs;

namespace Capibara6.Hosting.LocalServers;

/// <summary>The container runtime of this machine, or why there is none.</summary>
/// <param name="Name">As it calls itself; null: none that works.</param>
/// <param name="Reason">What was found instead, for people to read; empty when there is a runtime.</param>
internal sealed record ContainerRuntimeChoice(string? Name, string Reason);

/// <summary>Finds docker or podman and checks that it answers, as Aspire does: docker first, unless the user has chosen.</summary>
internal static class ContainerRuntimes
{
    /// <summary>The settings by which the user chooses docker or podman; the prefix ASPIRE_ of a variable is stripped in the configuration.</summary>
    private static readonly string[] s_choices = ["ASPIRE_CONTAINER_RUNTIME", "DOTNET_ASPIRE_CONTAINER_RUNTIME", "DcpPublisher:ContainerRuntime"];
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(8);

    public static async Task<ContainerRuntimeChoice> FindAsync(IConfiguration configuration, TimeProvider time, CancellationToken cancellationToken)
    {
        var chosen = s_choices.Select(name => configuration[name]).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
        string[] programs = chosen is null ? ["docker", "podman"] : [chosen];
        var probes = await Task.WhenAll(programs.Select(program => ProbeAsync(program, time, cancellationToken))).ConfigureAwait(false);
        return Array.Find(probes, probe => probe.Name is not null)
            ?? new ContainerRuntimeChoice(null, string.Join(' ', probes.Select(probe => probe.Reason)));
    }

    private static async Task<ContainerRuntimeChoice> ProbeAsync(string program, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Executables.Find(program) is not { } path)
        {
            return new ContainerRuntimeChoice(null, $"{program} is not installed.");
        }

        using var limit = new CancellationTokenSource(s_answerLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var containers = await Executables.RunAsync(path, ["container", "ls", "--last", "1", "--quiet"], either.Token).ConfigureAwait(false);
            if (containers.ExitCode != 0)
            {
                return new ContainerRuntimeChoice(null, $"{program} is installed but does not work: {containers.LastWords}");
            }

            var version = await Executables.RunAsync(path, ["--version"], either.Token).ConfigureAwait(false);
            return new ContainerRuntimeChoice(version.LastWords, string.Empty);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ContainerRuntimeChoice(null, $"{program} is installed but did not answer within {s_answerLimit.TotalSeconds} s.");
        }
    }
}
