using System.Globalization;
using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Compose;

/// <summary>From the model to a Compose file.</summary>
internal sealed class ComposeMapping(WorkloadModel model)
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

            foreach (var setting in workload.SecretSettings)
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
        Build = workload.IsProject
            ? new ComposeBuild("../..", "Dockerfile", new Dictionary<string, string> { ["PROJECT"] = Assembly(workload) })
            : null,
        Profiles = Profiles(workload),
        // The script stands where the image's entry point would leave root; the volume is this user's in the image.
        User = workload.Server == ServerKind.Redis ? "redis" : null,
        // Docker's 64 MB are less than parallel queries may want.
        ShmSize = workload.Server == ServerKind.Postgres ? "256m" : null,
        Entrypoint = workload.Command.Count == 0 ? null : [.. workload.Command.Select(Escape)],
        Command = workload.Args.Count == 0 ? null : [.. workload.Args.Select(Escape)],
        Environment = Environment(workload),
        Volumes = NullIfEmpty(workload.Volumes.Where(static volume => volume.Name is not null).Select(volume => $"{ComposeFiles.VolumeName(workload, volume)}:{volume.Target}")),
        Configs = NullIfEmpty(workload.Files.Select(file => new ComposeMount(ComposeFiles.ConfigName(workload, file), file.Path))),
        Secrets = NullIfEmpty(workload.SecretSettings.Select(setting => new ComposeMount(ComposeSecrets.Name(workload, setting), setting.Name))),
        DependsOn = DependsOn(workload),
        Healthcheck = HealthCheck(workload),
        Networks = ComposeNetworks.Of(workload, model),
        Restart = workload.Kind == WorkloadKind.Service ? "unless-stopped" : "no",
        StopGracePeriod = workload.Kind == WorkloadKind.Service ? workload.IsProject ? "90s" : "60s" : null,
        Deploy = new ComposeDeploy(workload.Kind == WorkloadKind.Service ? workload.Replicas : null, Amounts(workload)),
        Init = !DropsRoot(workload),
        Tmpfs = ["/tmp", .. Scratch(workload)],
        CapAdd = DropsRoot(workload) ? ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"] : null,
    };

    /// <summary>The images of PostgreSQL start as root to make their volume their own, and then drop it.</summary>
    private static bool DropsRoot(Workload workload) => workload is { Server: ServerKind.Postgres, Kind: WorkloadKind.Service };

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

        if (workload.SecretsAsEnvironment)
        {
            foreach (var setting in workload.SecretSettings)
            {
                variables[setting.Name] = $"${{{ComposeSecrets.Variable(workload, setting)}:?set it in .env}}";
            }
        }

        if (model.Traces is not null && model.Scraped.Contains(workload))
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
            dependencies[name] = new(model.Find(name).Kind == WorkloadKind.Job ? "service_completed_successfully" : "service_healthy");
        }

        return dependencies.Count == 0 ? null : dependencies;
    }

    private static ComposeHealthCheck? HealthCheck(Workload workload) => workload switch
    {
        { Kind: not WorkloadKind.Service } => null,
        { Server: ServerKind.Postgres } => new(["CMD-SHELL", "pg_isready -h 127.0.0.1 -U \"$$POSTGRES_USER\""]),
        { Server: ServerKind.Redis } => new(["CMD-SHELL", "REDISCLI_AUTH=\"$$(cat /run/secrets/REDIS_PASSWORD)\" redis-cli ping | grep -q PONG"]),
        { IsProject: true } => new(["CMD", "dotnet", $"/app/{Assembly(workload)}.dll", "--health"]),
        { HttpPort: { } port, Probes.InsideContainer: true } => new(["CMD-SHELL", $"wget -q -O /dev/null http://127.0.0.1:{port.Number}{workload.Probes.Readiness} || exit 1"]),
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

        if (workload.Server == ServerKind.Postgres)
        {
            yield return "/var/run/postgresql";
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

    /// <summary>The variable in .env for a secret that has to be an environment variable.</summary>
    public static string Variable(Workload workload, Setting setting) =>
        $"{workload.Name}_{setting.Name}".Replace('-', '_').ToUpperInvariant();

    public static string Name(Workload workload, Setting setting) => $"{workload.Name}-{setting.Name}";

    public static string Path(string service, string name) => $"secrets/{service}/{name}{Extension}";
}
