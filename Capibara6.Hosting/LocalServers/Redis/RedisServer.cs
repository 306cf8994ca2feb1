using Capibara6.Hosting.LocalServers.Programs;

namespace Capibara6.Hosting.LocalServers.Redis;

/// <summary>What <c>AddRedis</c> says, for a server without a container.</summary>
internal sealed class RedisServer(LocalRedis redis) : ILocalServer
{
    public bool CanRun(IResource resource) => resource is RedisResource;

    public async Task<LocalServerProcess> PrepareAsync(LocalServerContext context, CancellationToken cancellationToken)
    {
        var resource = (RedisResource)context.Resource;
        var password = resource.PasswordParameter is { } parameter ? await parameter.GetValueAsync(cancellationToken).ConfigureAwait(false) : null;
        var spec = Read(
            new RedisSpec(resource.Name, context.Ports[resource.PrimaryEndpoint.EndpointName], password)
            {
                DataFolder = context.FolderMountedAt(static place => place == "/data"),
            },
            context, await context.GetArgumentsAsync(cancellationToken).ConfigureAwait(false));
        return await redis.PrepareAsync(spec, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What AddRedis and WithPersistence say to a container, the specification says here; nothing else can be honoured by every product.</summary>
    private static RedisSpec Read(RedisSpec spec, LocalServerContext context, IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "redis-server" when i == 0:
                    break;
                case "--requirepass":
                    i++;
                    break;
                case "--save" when i + 2 < arguments.Count
                    && double.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out var seconds)
                    && long.TryParse(arguments[i + 2], CultureInfo.InvariantCulture, out var changes):
                    spec = spec with { SaveInterval = TimeSpan.FromSeconds(seconds), SaveAfterChanges = changes };
                    i += 2;
                    break;
                case "--loadmodule":
                    throw context.OnlyInContainer("loads a module");
                default:
                    throw context.OnlyInContainer($"has the argument {arguments[i]}");
            }
        }

        return spec;
    }
}
