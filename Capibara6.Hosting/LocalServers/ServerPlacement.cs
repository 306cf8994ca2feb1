using Capibara6.Hosting.LocalServers.Programs;

namespace Capibara6.Hosting.LocalServers;

/// <summary>Decides where servers run. Those that run as processes of this machine are prepared here, before anything starts.</summary>
internal sealed class ServerPlacement(
    IEnumerable<ILocalServer> kinds, Guardian guardian, ServerFolders temporary, HostFolders folders, TimeProvider time, ILogger<ServerPlacement> logger)
{
    private readonly ILocalServer[] _kinds = [.. kinds];

    /// <exception cref="DistributedApplicationException">A server can't run.</exception>
    public async Task PlaceAsync(IDistributedApplicationBuilder builder, IServiceProvider services, RunSettings settings, CancellationToken cancellationToken)
    {
        List<IResource> containers = [.. builder.Resources.Where(resource => resource.IsContainer() && !resource.HasAnnotationOfType<ExplicitStartupAnnotation>())];
        if (containers.Count == 0)
        {
            return;
        }

        var choice = settings.Infrastructure == InfrastructureMode.Local
            ? new ContainerRuntimeChoice(null, "Containers are switched off (--infrastructure local).")
            : await ContainerRuntimes.FindAsync(builder.Configuration, time, cancellationToken).ConfigureAwait(false);
        if (choice.Name is { } runtime)
        {
            LocalServerLog.Placed(logger, $"in containers of {runtime}");
            return;
        }

        if (settings.Infrastructure == InfrastructureMode.Containers)
        {
            throw new DistributedApplicationException(
                $"There is no container runtime: {choice.Reason} Start docker or podman, or let servers run without containers (--infrastructure auto).");
        }

        var local = containers.Select(resource => (Resource: resource, Kind: Array.Find(_kinds, kind => kind.CanRun(resource)))).Where(server => server.Kind is not null).ToList();
        if (local.Count > 0)
        {
            LocalServerLog.Placed(logger, $"as processes of this machine. {choice.Reason}");
        }

        // At once: each may have to prepare data, or to fetch its program.
        var prepared = await Task.WhenAll(local.Select(server => PrepareAsync(builder, services, server.Resource, server.Kind!, cancellationToken))).ConfigureAwait(false);
        if (prepared.GroupBy(process => process.Folder).FirstOrDefault(group => group.Count() > 1) is { } same)
        {
            throw new LocalServerException($"Two servers have the data folder {same.Key}. Give each a folder of its own.");
        }

        foreach (var (server, process) in local.Zip(prepared, (server, process) => (server.Resource, process)))
        {
            guardian.EndAtEnd(process);
            LocalServerLog.RunsAs(logger, server.Name, process.Description);
            LocalServerResource.StandInFor(server, process, builder);
        }
    }

    private async Task<LocalServerProcess> PrepareAsync(
        IDistributedApplicationBuilder builder, IServiceProvider services, IResource resource, ILocalServer kind, CancellationToken cancellationToken)
    {
        // Nothing encrypts here: the connection doesn't leave this machine.
#pragma warning disable ASPIRECERTIFICATES001 // the only way to say so
        resource.Annotations.Add(new HttpsCertificateAnnotation { UseDeveloperCertificate = false });
#pragma warning restore ASPIRECERTIFICATES001
        Dictionary<string, int> ports = new(StringComparer.OrdinalIgnoreCase);
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            ports[endpoint.Name] = endpoint.Port is { } port && !EndpointPorts.AreRandom(builder.Configuration) ? port : EndpointPorts.Any();
            endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, endpoint.TargetHost, ports[endpoint.Name]);
        }

        return await kind.PrepareAsync(new LocalServerContext(resource, ports, folders, temporary, services, logger), cancellationToken).ConfigureAwait(false);
    }
}
