using Capibara6.Hosting.Deployment.Servers;
using Capibara6.Hosting.Deployment;

namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>From the app model to workloads: what runs, with which settings, talking to whom.</summary>
internal sealed partial class WorkloadReader(
    DistributedApplicationExecutionContext context, PublishOptions options, ImageLock images, string application, string source, string appHostFolder,
    IReadOnlyList<IServerDescription> servers)
{
    private readonly PublishedParameters _parameters = new(options.CreateSecrets ? context.Services.GetRequiredService<IConfiguration>() : null);

    public async Task<WorkloadModel> ReadAsync(DistributedApplicationModel model, CancellationToken cancellationToken)
    {
        var workloads = new List<Workload>();
        foreach (var resource in model.Resources.Where(static resource => !resource.IsExcludedFromPublish()))
        {
            if (resource is ProjectResource or ContainerResource)
            {
                var workload = await ReadAsync(resource, cancellationToken);
                workloads.Add(workload);
                workloads.AddRange(DerivedWorkloads.Of(workload, resource));
            }
            else if (resource is ExecutableResource)
            {
                throw new DistributedApplicationException(
                    $"Resource '{resource.Name}' is an executable of this machine and can't be deployed; call ExcludeFromManifest() or make it a container.");
            }
        }

        var read = new WorkloadModel(application, source, DerivedWorkloads.WaitForMigrations(workloads), _parameters.Deferred)
        {
            Traces = Traces(model),
        };
        return WorkloadChecks.Check(MonitoringWorkloads.Complete(read, model, options.RunbookUrl));
    }

    private async Task<Workload> ReadAsync(IResource resource, CancellationToken cancellationToken)
    {
        var values = new ValueReader(_parameters);
        var settings = await SettingsAsync(resource, values, cancellationToken);
        var args = await ArgsAsync(resource, values, cancellationToken);
        RefuseWhatIsLocal(resource);
        var image = images.Pin(ImageReference.Parse(Image(resource)).Complete().ToString());
        var server = ServerWorkloads.Describe(resource, servers);
        List<WorkloadPort> ports = [.. Ports(resource), .. ManagementPort(resource)];
        return ServerWorkloads.Adapt(new Workload
        {
            Name = resource.Name,
            ProjectPath = ProjectPath(resource),
            Image = image,
            Command = resource is ContainerResource { Entrypoint: { Length: > 0 } entrypoint } ? [entrypoint] : [],
            Args = args,
            Settings = settings,
            Ports = ports,
            Server = server,
            Volumes = [.. Volumes(resource)],
            Files = await ContainerFiles.ReadAsync(resource, context.Services, cancellationToken),
            Build = Build(resource),
            Connections = [.. values.Connections.Where(way => way.To != resource.Name)],
            OutboundPorts = values.OutboundPorts,
            WaitsFor = [.. WaitsFor(resource)],
            Replicas = resource.GetReplicaCount(),
            IsMonitoring = resource.HasAnnotationOfType<MonitoringAnnotation>(),
            Autoscaling = Last<AutoscalingAnnotation>(resource),
            QueueAutoscaling = Last<QueueAutoscalingAnnotation>(resource),
            Resources = Last<ComputeResourcesAnnotation>(resource) ?? ComputeResourcesAnnotation.Default,
            Probes = ProbeReader.Read(resource, ports, server),
            LongestAnswer = Last<LongestAnswerAnnotation>(resource)?.Time,
            Pod = Last<PodAnnotation>(resource) ?? PodAnnotation.None,
            PullPolicy = PullPolicy(resource),
            VolumeSize = Last<VolumeSizeAnnotation>(resource)?.Size ?? "10Gi",
            PublicName = await PublicNameAsync(resource, cancellationToken),
        });
    }

    /// <summary>A setting's name becomes the name of a file and a key, its value a line of YAML: what they can't hold is refused here.</summary>
    private static Setting Checked(IResource resource, Setting setting)
    {
        if (!SettingName().IsMatch(setting.Name))
        {
            throw new DistributedApplicationException(
                $"Resource '{resource.Name}': '{setting.Name}' is no name of an environment variable; it begins with a letter or _, and has letters, digits, _, - and dots.");
        }

        if (setting.Value.Render(static _ => string.Empty).Any(static character => char.IsControl(character) && character is not ('\n' or '\r' or '\t')))
        {
            throw new DistributedApplicationException($"Resource '{resource.Name}': the value of {setting.Name} has a control character, which no manifest can hold.");
        }

        return setting;
    }

    [GeneratedRegex("^[A-Za-z_][-._A-Za-z0-9]*\\z")]
    private static partial Regex SettingName();

    private async Task<IReadOnlyList<Setting>> SettingsAsync(IResource resource, ValueReader values, CancellationToken cancellationToken)
    {
        var callbacks = new EnvironmentCallbackContext(context, resource, [], cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToList())
        {
            await annotation.Callback(callbacks);
        }

        var settings = new SortedDictionary<string, Setting>(StringComparer.Ordinal);
        foreach (var (name, value) in callbacks.EnvironmentVariables)
        {
            if (await values.ReadAsync(value, cancellationToken) is { } text)
            {
                settings[name] = Checked(resource, new Setting(name, text));
            }
        }

        if (resource is ProjectResource)
        {
            settings.TryAdd("OTEL_SERVICE_NAME", new Setting("OTEL_SERVICE_NAME", ValueText.Of(resource.Name)));
            settings.TryAdd("ASPNETCORE_ENVIRONMENT", new Setting("ASPNETCORE_ENVIRONMENT", ValueText.Of("Production")));
        }

        return [.. settings.Values];
    }

    private async Task<IReadOnlyList<string>> ArgsAsync(IResource resource, ValueReader values, CancellationToken cancellationToken)
    {
        var callbacks = new CommandLineArgsCallbackContext([], resource, cancellationToken) { ExecutionContext = context };
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToList())
        {
            await annotation.Callback(callbacks);
        }

        var args = new List<string>();
        foreach (var arg in callbacks.Args)
        {
            var text = await values.ReadAsync(arg, cancellationToken) ?? ValueText.Of(string.Empty);
            args.Add(!text.IsDeferred
                ? text.Plain
                : throw new DistributedApplicationException(
                    $"Resource '{resource.Name}' has an argument that a deployment supplies, and arguments are no place for secrets; use WithEnvironment."));
        }

        return args;
    }

    /// <summary>What this machine's container runtime is told has no counterpart elsewhere.</summary>
    private static void RefuseWhatIsLocal(IResource resource)
    {
        if (resource.HasAnnotationOfType<ContainerRuntimeArgsCallbackAnnotation>())
        {
            throw new DistributedApplicationException(
                $"Resource '{resource.Name}' has arguments of the container runtime (WithContainerRuntimeArgs), which a deployment doesn't have; add them in run mode only.");
        }

        if (resource.Annotations.OfType<DockerfileBuildAnnotation>().Any(static build => build.DockerfileFactory is not null))
        {
            throw new DistributedApplicationException($"Resource '{resource.Name}' has a Dockerfile that is made in code; write it to a file and use WithDockerfile, or name an image.");
        }
    }

    private static WorkloadBuild? Build(IResource resource) => Last<DockerfileBuildAnnotation>(resource) is not { } build ? null : new WorkloadBuild(
        build.ContextPath,
        build.DockerfilePath,
        build.Stage,
        build.BuildArguments.Where(static argument => argument.Value is not ParameterResource { Secret: true })
            .ToDictionary(static argument => argument.Key, static argument => Convert.ToString(argument.Value, CultureInfo.InvariantCulture) ?? string.Empty));

    private string Image(IResource resource) => resource is ProjectResource || resource.HasAnnotationOfType<DockerfileBuildAnnotation>()
        ? $"{options.ImageRegistry}/{resource.Name}:{options.ImageTag}"
        : resource.TryGetContainerImageName(out var image)
            ? image
            : throw new DistributedApplicationException($"Resource '{resource.Name}' has no image.");

    private static string? PullPolicy(IResource resource) => Last<ContainerImagePullPolicyAnnotation>(resource)?.ImagePullPolicy switch
    {
        ImagePullPolicy.Always => "Always",
        ImagePullPolicy.Missing => "IfNotPresent",
        ImagePullPolicy.Never => "Never",
        _ => null,
    };

    private string? ProjectPath(IResource resource) => resource is ProjectResource && Last<IProjectMetadata>(resource) is { } metadata
        ? Path.GetRelativePath(appHostFolder, metadata.ProjectPath).Replace('\\', '/')
        : null;

    private static IEnumerable<WorkloadPort> Ports(IResource resource) => resource.Annotations.OfType<EndpointAnnotation>()
        .Where(endpoint => ValueReader.IsDeployed(resource, endpoint))
        .Select(endpoint => new WorkloadPort(
            endpoint.Name.ToLowerInvariant(), ValueReader.PortOf(resource, endpoint), endpoint.UriScheme is "http" or "https",
            endpoint.Protocol == System.Net.Sockets.ProtocolType.Udp ? "UDP" : "TCP"));

    private static WorkloadPort[] ManagementPort(IResource resource) => Last<ManagementPortAnnotation>(resource) is { Port: var port }
        ? [new WorkloadPort("management", port, IsHttp: false) { IsManagement = true }]
        : [];

    private static IEnumerable<WorkloadVolume> Volumes(IResource resource)
    {
        var count = 0;
        foreach (var mount in resource.Annotations.OfType<ContainerMountAnnotation>())
        {
            if (ContainerFiles.IsRead(mount))
            {
                continue;
            }

            if (mount.Type == ContainerMountType.BindMount)
            {
                throw new DistributedApplicationException(
                    $"Resource '{resource.Name}' mounts {mount.Source} of this machine, which a deployment doesn't have; use WithVolume, or mount it read-only if these are a few text files.");
            }

            // A claim's name begins with its workload's already, so the volume is named for its place.
            var size = Last<VolumeSizeAnnotation>(resource)?.Size;
            var volume = new WorkloadVolume(mount.Source is null ? null : ++count == 1 ? "data" : $"data-{count}", mount.Target);
            yield return volume with { ScratchSize = size ?? volume.ScratchSize, IsDoubtful = mount.Source is null && size is null };
        }
    }

    private static IEnumerable<string> WaitsFor(IResource resource) => resource.Annotations.OfType<WaitAnnotation>()
        .Select(static wait => wait.Resource is IResourceWithParent child ? child.Parent : wait.Resource)
        .Where(static target => target is ProjectResource or ContainerResource)
        .Select(static target => target.Name)
        .Distinct()
        .Order(StringComparer.Ordinal);

    private async Task<PublicName?> PublicNameAsync(IResource resource, CancellationToken cancellationToken)
    {
        if (Last<IngressAnnotation>(resource) is not { } ingress)
        {
            return null;
        }

        var domain = await _parameters.ValueAsync(ingress.Domain, cancellationToken, isPublic: true)
            ?? throw new DistributedApplicationException(
                $"Resource '{resource.Name}' is published under the parameter '{ingress.Domain.Name}', which has no value; give --Parameters:{ingress.Domain.Name}.");
        return DomainName().IsMatch(domain)
            ? new PublicName(ingress.Label, domain, ingress.Paths) { MaxBody = Last<RequestBodyAnnotation>(resource)?.Mebibytes ?? 1 }
            : throw new DistributedApplicationException(
                $"Resource '{resource.Name}': '{domain}' is no domain name; give --Parameters:{ingress.Domain.Name}=example.org.");
    }

    private static Connection? Traces(DistributedApplicationModel model)
    {
        var collector = model.Resources.FirstOrDefault(static resource => Last<MonitoringAnnotation>(resource)?.Role == MonitoringRole.Traces);
        var endpoint = collector?.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(static endpoint => endpoint.Name == "otlp");
        return endpoint is null ? null : new Connection(collector!.Name, ValueReader.PortOf(collector, endpoint));
    }

    private static T? Last<T>(IResource resource)
        where T : class, IResourceAnnotation => resource.TryGetLastAnnotation<T>(out var annotation) ? annotation : null;

    [GeneratedRegex(@"^(?=.{1,200}\z)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*\z")]
    private static partial Regex DomainName();
}
