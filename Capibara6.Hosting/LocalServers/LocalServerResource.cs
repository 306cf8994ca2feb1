using Capibara6.Hosting.LocalServers.Programs;

namespace Capibara6.Hosting.LocalServers;

/// <summary>The process that stands in for the container of a server: the orchestrator runs it, with logs, start, stop and restart.</summary>
internal sealed class LocalServerResource(string name, string command, LocalServerProcess process, IResource server)
    : ExecutableResource(name, command, process.Folder)
{
    /// <summary>The property that says how a server runs.</summary>
    public const string RunsAs = "resource.runsAs";

    private bool _announced;

    public LocalServerProcess Process { get; } = process;

    /// <summary>The server of the model.</summary>
    public IResource Server { get; } = server;

    /// <summary>The server and what belongs to it, such as its databases.</summary>
    public required IReadOnlyList<IResource> Followers { get; init; }

    public static void StandInFor(IResource server, LocalServerProcess process, IDistributedApplicationBuilder builder)
    {
        foreach (var image in server.Annotations.OfType<ContainerImageAnnotation>().ToList())
        {
            server.Annotations.Remove(image);
        }

        var command = Guardian.CommandOf(process);
        var standIn = new LocalServerResource($"{server.Name}-local", command[0], process, server)
        {
            Followers = [server, .. builder.Resources.Where(resource => IsBelow(resource, server))],
        };
        builder.AddResource(standIn)
            .WithArgs([.. command.Skip(1)])
            .WithEnvironment(context =>
            {
                foreach (var (name, value) in process.Environment.Append(Guardian.Mark))
                {
                    context.EnvironmentVariables[name] = value;
                }
            })
            .WithParentRelationship(server)
            .WithIconName("DatabaseMultiple")
            .OnBeforeResourceStarted((_, started, cancellationToken) => standIn.AnnounceAsync(builder, started.Services, cancellationToken));
        foreach (var (name, text, icon) in new[]
        {
            (KnownResourceCommands.StartCommand, "Start", "Play"), (KnownResourceCommands.StopCommand, "Stop", "Stop"), (KnownResourceCommands.RestartCommand, "Restart", "ArrowCounterclockwise"),
        })
        {
            standIn.Offer(name, text, icon);
        }
    }

    /// <summary>What Aspire's orchestrator does for a container: tells that it has addresses, and waits for what it waits for.</summary>
    private async Task AnnounceAsync(IDistributedApplicationBuilder builder, IServiceProvider services, CancellationToken cancellationToken)
    {
        await services.GetRequiredService<Leftovers>().EndAsync(Server.Name, Process, cancellationToken).ConfigureAwait(false);
        if (!_announced)
        {
            _announced = true;
            await builder.Eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(Server, services), cancellationToken).ConfigureAwait(false);
            foreach (var follower in Followers.OfType<IResourceWithConnectionString>())
            {
                await builder.Eventing.PublishAsync(new ConnectionStringAvailableEvent(follower, services), cancellationToken).ConfigureAwait(false);
            }
        }

        await builder.Eventing.PublishAsync(new BeforeResourceStartedEvent(Server, services), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The server's row in the dashboard has the commands of a container's; the process does what they say.</summary>
    private void Offer(string name, string text, string icon) => Server.Annotations.Add(new ResourceCommandAnnotation(
        name, text,
        context => Annotations.OfType<ResourceCommandAnnotation>().Single(command => command.Name == name).UpdateState(context),
        context => context.Services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync(this, name, context.CancellationToken),
        displayDescription: null, parameter: null, confirmationMessage: null, iconName: icon, IconVariant.Regular, isHighlighted: false));

    private static bool IsBelow(IResource resource, IResource server) =>
        resource is IResourceWithParent { Parent: var parent } && (parent == server || IsBelow(parent, server));
}
