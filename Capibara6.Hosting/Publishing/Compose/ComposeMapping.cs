using Capibara6.Hosting.Deployment;
using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Compose;

/// <summary>From the model to a Compose file.</summary>
/// <param name="folder">Where the file will stand.</param>
/// <param name="hasDockerfile">The repository has a Dockerfile that builds any of its projects.</param>
internal sealed class ComposeMapping(WorkloadModel model, string folder, bool hasDockerfile)
{
    public ComposeFile Map(string proxyImage)
    {
        var services = new SortedDictionary<string, ComposeService>(StringComparer.Ordinal)
        {
            [NginxProxy.Name] = NginxProxy.Service(model, proxyImage),
        };
        var configs = new SortedDictionary<string, ComposeSource>(StringComparer.Ordinal)
        {
            [NginxProxy.ConfigName] = new($"./{NginxProxy.ConfigFile}"),
        };
        var secrets = new SortedDictionary<string, ComposeSource>(StringComparer.Ordinal);
        foreach (var file in NginxProxy.SecretFiles)
        {
            secrets[file] = new($"./{ComposeSecrets.Path(NginxProxy.Name, file)}");
        }

        var volumes = new SortedDictionary<string, ComposeVolume>(StringComparer.Ordinal);
        foreach (var workload in model.Workloads)
        {
            services[workload.Name] = Service(workload);
            foreach (var file in workload.Files)
            {
                configs[ComposeFiles.ConfigName(workload, file)] = new($"./{ComposeFiles.Path(workload, file)}");
            }

            foreach (var setting in Files(workload))
            {
                secrets[ComposeSecrets.Name(workload, setting)] = new($"./{ComposeSecrets.Path(workload.Name, setting.Name)}");
            }

            foreach (var volume in workload.Volumes.Where(static volume => volume.Name is not null))
            {
                volumes[ComposeFiles.VolumeName(workload, volume)] = new();
            }
        }

        return new ComposeFile
        {
            Name = model.Application,
            Services = services,
            Networks = ComposeNetworks.All(model),
            Volumes = volumes,
            Configs = configs,
            Secrets = secrets,
        };
    }

    private ComposeService Service(Workload workload) => new()
    {
        Image = workload.IsProject ? ProjectImage(workload) : workload.Image,
        Build = Build(workload),
        Profiles = Profiles(workload),
        User = workload.Server.User,
        // Docker's 64 MB are less than parallel queries may want.
        ShmSize = workload.Server.SharesMemory ? "256m" : null,
        Entrypoint = workload.Command.Count == 0 ? null : [.. workload.Command.Select(Escape)],
        Command = workload.Args.Count == 0 ? null : [.. workload.Args.Select(Escape)],
        Environment = Environment(workload),
        EnvFile = workload.SecretsAsEnvironment ? [$"./{ComposeSecrets.Variables(workload)}"] : null,
        Volumes = NullIfEmpty(workload.Volumes.Where(static volume => volume.Name is not null).Select(volume => $"{ComposeFiles.VolumeName(workload, volume)}:{volume.Target}")),
        Configs = NullIfEmpty(workload.Files.Select(file => new ComposeMount(ComposeFiles.ConfigName(workload, file), file.Path))),
        Secrets = NullIfEmpty(Files(workload).Select(setting => new ComposeMount(ComposeSecrets.Name(workload, setting), setting.Name)).Concat(TelemetryKey(workload))),
        DependsOn = DependsOn(workload),
        Healthcheck = HealthCheck(workload),
        Networks = ComposeNetworks.Of(workload, model),
        Restart = workload.Kind == WorkloadKind.Service ? "unless-stopped" : "no",
        StopGracePeriod = StopGracePeriod(workload),
        Deploy = new ComposeDeploy(workload.Kind == WorkloadKind.Service ? workload.Replicas : null, Amounts(workload)),
        Init = !DropsRoot(workload),
        Tmpfs = ["/tmp", .. Scratch(workload)],
        CapAdd = DropsRoot(workload) ? ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"] : null,
    };

    private static string? StopGracePeriod(Workload workload) => workload switch
    {
        { Kind: not WorkloadKind.Service } => null,
        { StopTime: { } time } => $"{time.TotalSeconds:0}s",
        _ => workload.IsProject ? "90s" : "60s",
    };

    /// <summary>What a service shows the dashboard that takes its telemetry; it reads it as it does its own secrets.</summary>
    private IEnumerable<ComposeMount> TelemetryKey(Workload workload) => model.TelemetryDashboard is { } dashboard && model.Scraped.Contains(workload)
        ? dashboard.SecretSettings.Where(static setting => setting.Name == TelemetryDashboardExtensions.TelemetryHeaders)
            .Select(setting => new ComposeMount(ComposeSecrets.Name(dashboard, setting), setting.Name))
        : [];

    private static bool DropsRoot(Workload workload) => workload is { Server.StartsAsRoot: true, Kind: WorkloadKind.Service };

    private static string ProjectImage(Workload workload)
    {
        var image = ImageReference.Parse(workload.Image);
        return $"{image.Name}:${{VERSION:-{image.Tag}}}";
    }

    private static string Assembly(Workload workload) => Path.GetFileNameWithoutExtension(workload.ProjectPath!);

    private static string[]? Profiles(Workload workload) => workload switch
    {
        { IsMonitoring: true } => ["monitoring"],
        { Kind: WorkloadKind.ScheduledJob } => ["backup"],
        _ => null,
    };

    private SortedDictionary<string, string>? Environment(Workload workload)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in workload.PlainSettings)
        {
            variables[setting.Name] = Escape(setting.Value.Plain);
        }

        if ((model.Traces ?? model.Telemetry) is not null && model.Scraped.Contains(workload))
        {
            variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "${OTEL_EXPORTER_OTLP_ENDPOINT:-}";
            // Jaeger takes traces only.
            variables["OTEL_LOGS_EXPORTER"] = "${OTEL_LOGS_EXPORTER:-none}";
            variables["OTEL_METRICS_EXPORTER"] = "${OTEL_METRICS_EXPORTER:-none}";
        }

        return variables.Count == 0 ? null : variables;
    }

    /// <summary>Compose replaces $NAME; two dollars stand for one.</summary>
    private static string Escape(string text) => text.Replace("$", "$$", StringComparison.Ordinal);

    private SortedDictionary<string, ComposeDependency>? DependsOn(Workload workload)
    {
        var dependencies = new SortedDictionary<string, ComposeDependency>(StringComparer.Ordinal);
        foreach (var name in workload.WaitsFor)
        {
            dependencies[name] = new(Condition(model.Find(name)));
        }

        return dependencies.Count == 0 ? null : dependencies;
    }

    /// <summary>Compose waits for health only where somebody asks for it.</summary>
    internal static string Condition(Workload target) => target.Kind == WorkloadKind.Job ? "service_completed_successfully"
        : HealthCheck(target) is null ? "service_started" : "service_healthy";

    /// <summary>Secrets that a container reads from files; others get them as variables.</summary>
    internal static IEnumerable<Setting> Files(Workload workload) => workload.SecretsAsEnvironment ? [] : workload.SecretSettings;

    private ComposeBuild? Build(Workload workload) => workload switch
    {
        { IsProject: true } => hasDockerfile ? new ComposeBuild("../..", "Dockerfile", new Dictionary<string, string> { ["PROJECT"] = Assembly(workload) }) : null,
        { Build: { } build } => new ComposeBuild(Relative(build.Context), Path.GetRelativePath(build.Context, Path.Combine(build.Context, build.Dockerfile)), build.Args.Count == 0 ? null : build.Args.ToDictionary())
        {
            Target = build.Stage,
        },
        _ => null,
    };

    private string Relative(string path) => Path.GetRelativePath(folder, path).Replace('\\', '/');

    private static ComposeHealthCheck? HealthCheck(Workload workload) => workload switch
    {
        { Kind: not WorkloadKind.Service } => null,
        { Probes.Script: { } script } => new(["CMD-SHELL", Escape(script)]),
        { IsProject: true } => new(["CMD", "dotnet", $"/app/{Assembly(workload)}.dll", "--health"]),
        _ => null,
    };

    private static ComposeResources Amounts(Workload workload) => new(
        new ComposeAmounts(workload.Resources.CpuLimitCores?.ToString(CultureInfo.InvariantCulture), Bytes(workload.Resources.MemoryLimitBytes)),
        new ComposeAmounts(null, Bytes(workload.Resources.MemoryBytes)));

    private static string Bytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20}m");

    private static IEnumerable<string> Scratch(Workload workload)
    {
        foreach (var volume in workload.Volumes.Where(static volume => volume.Name is null))
        {
            yield return volume.Target;
        }

        foreach (var folder in workload.Server.WritableFolders)
        {
            yield return folder;
        }
    }

    private static List<T>? NullIfEmpty<T>(IEnumerable<T> items) => items.ToList() is { Count: > 0 } list ? list : null;
}

/// <summary>Where a workload's configuration files lie beside the Compose file, and what its volumes are called.</summary>
internal static class ComposeFiles
{
    /// <summary>A server's volumes are its own; jobs name theirs in full, because they share them.</summary>
    public static string VolumeName(Workload workload, WorkloadVolume volume) =>
        workload.IsStateful ? $"{workload.Name}-{volume.Name}" : volume.Name!;

    public static string ConfigName(Workload workload, WorkloadFile file) => $"{workload.Name}{file.Path.Replace('/', '-')}".Replace('.', '-');

    public static string Path(Workload workload, WorkloadFile file) => $"config/{workload.Name}/{file.Key}";
}

/// <summary>Where secrets lie beside the Compose file; git ignores *.secret.</summary>
internal static class ComposeSecrets
{
    public const string Extension = ".secret";

    /// <summary>The file of lines NAME=value for an image that takes its secrets as variables only.</summary>
    public static string Variables(Workload workload) => Path(workload.Name, "variables");

    public static string Name(Workload workload, Setting setting) => $"{workload.Name}-{setting.Name}";

    public static string Path(string service, string name) => $"secrets/{service}/{name}{Extension}";
}
