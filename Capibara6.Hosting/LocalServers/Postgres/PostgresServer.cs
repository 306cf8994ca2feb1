using Capibara6.Hosting.LocalServers.Programs;

namespace Capibara6.Hosting.LocalServers.Postgres;

/// <summary>What <c>AddPostgres</c> says, for a server without a container.</summary>
internal sealed class PostgresServer(LocalPostgres postgres, IConfiguration configuration) : ILocalServer
{
    public bool CanRun(IResource resource) => resource is PostgresServerResource;

    public async Task<LocalServerProcess> PrepareAsync(LocalServerContext context, CancellationToken cancellationToken)
    {
        var resource = (PostgresServerResource)context.Resource;
        var user = await resource.UserNameReference.GetValueAsync(cancellationToken).ConfigureAwait(false);
        var password = await resource.PasswordParameter.GetValueAsync(cancellationToken).ConfigureAwait(false);
        var spec = new PostgresSpec(resource.Name, context.Ports[resource.PrimaryEndpoint.EndpointName], user ?? "postgres", password ?? string.Empty)
        {
            DataFolder = context.FolderMountedAt(static place => place.StartsWith("/var/lib/postgresql", StringComparison.Ordinal)),
            Settings = PostgresArguments.ReadSettings(resource.Name, await context.GetArgumentsAsync(cancellationToken).ConfigureAwait(false)),
            ProgramFolder = configuration["Hosting:PostgresFolder"],
        };
        return await postgres.PrepareAsync(spec, cancellationToken).ConfigureAwait(false);
    }
}
