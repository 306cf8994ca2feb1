using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Replicas;

namespace Capibara6.Hosting.Orchestration;

/// <summary>The commands start, stop and restart of everything that runs here.</summary>
internal static class LifecycleCommands
{
    public static void Add(ResourceRunner runner)
    {
        Add(runner, KnownResourceCommands.StartCommand, "Start", "Starts the resource", "Play", StartState, (replica, _) =>
        {
            runner.Start(replica);
            return Task.CompletedTask;
        });
        Add(runner, KnownResourceCommands.StopCommand, "Stop", "Stops the resource", "Stop", StopState, runner.StopAsync);
        Add(runner, KnownResourceCommands.RestartCommand, "Restart", "Stops the resource and starts it again", "ArrowCounterclockwise", RestartState, async (replica, token) =>
        {
            await runner.StopAsync(replica, token);
            runner.Start(replica);
        });
    }

    private static void Add(
        ResourceRunner runner, string name, string displayName, string description, string icon,
        Func<string?, ResourceCommandState> state, Func<Replica, CancellationToken, Task> execute)
    {
        var resource = runner.Resource;
        if (resource.Annotations.OfType<ResourceCommandAnnotation>().Any(command => command.Name == name))
        {
            // The program's author has a command of this name.
            return;
        }

        resource.Annotations.Add(new ResourceCommandAnnotation(
            name, displayName,
            context => state(context.ResourceSnapshot.State?.Text),
            async context =>
            {
                var replica = runner.Replicas.First(replica => string.Equals(replica.Id, context.ResourceName, StringComparison.OrdinalIgnoreCase));
                await execute(replica, context.CancellationToken);
                return CommandResults.Success();
            },
            description, parameter: null, confirmationMessage: null, icon, IconVariant.Filled, isHighlighted: name != KnownResourceCommands.RestartCommand));
    }

    private static ResourceCommandState StartState(string? state) =>
        HasEnded(state) || state == ReplicaStates.Restarting ? ResourceCommandState.Enabled : ResourceCommandState.Hidden;

    private static ResourceCommandState StopState(string? state) =>
        HasEnded(state) ? ResourceCommandState.Hidden
        : state == KnownResourceStates.Stopping ? ResourceCommandState.Disabled
        : ResourceCommandState.Enabled;

    private static ResourceCommandState RestartState(string? state) =>
        state == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    private static bool HasEnded(string? state) =>
        state is null
        || state == KnownResourceStates.NotStarted
        || state == KnownResourceStates.RuntimeUnhealthy
        || KnownResourceStates.TerminalStates.Contains(state);
}
