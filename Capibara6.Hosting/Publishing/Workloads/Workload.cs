using Capibara6.Hosting.Deployment.Servers;
using Capibara6.Hosting.Deployment;

namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>How a workload runs.</summary>
internal enum WorkloadKind
{
    /// <summary>For ever, with replicas.</summary>
    Service,

    /// <summary>Once for each release.</summary>
    Job,

    /// <summary>By a schedule.</summary>
    ScheduledJob,
}

/// <summary>An environment variable, a literal or one that a deployment supplies as a secret.</summary>
internal sealed record Setting(string Name, ValueText Value);

/// <param name="Number">The port that the container listens on, which is also the port of its service.</param>
/// <param name="Protocol">TCP or UDP.</param>
internal sealed record WorkloadPort(string Name, int Number, bool IsHttp, string Protocol = "TCP")
{
    /// <summary>For monitoring alone: no public name leads there, and nobody else is let to it.</summary>
    public bool IsManagement { get; init; }
}

/// <param name="Name">The volume's name; null for scratch space that may be lost with the container.</param>
internal sealed record WorkloadVolume(string? Name, string Target)
{
    /// <summary>How large scratch space may become.</summary>
    public string ScratchSize { get; init; } = "128Mi";

    /// <summary>True for a volume that the model gave no name and no size, and which somebody may take for lasting.</summary>
    public bool IsDoubtful { get; init; }
}

/// <summary>A file that the publishers write and mount at <paramref name="Path"/>, read-only.</summary>
internal sealed record WorkloadFile(string Path, string Content)
{
    /// <summary>The file's name where many are kept together: its path without what such a name may not hold.</summary>
    public string Key { get; init; } = Path.TrimStart('/').Replace('/', '-');
}

/// <param name="Context">A full path.</param>
/// <param name="Dockerfile">A full path, or relative to the context.</param>
internal sealed record WorkloadBuild(string Context, string Dockerfile, string? Stage, IReadOnlyDictionary<string, string> Args);

/// <summary>A way that the model opens: this workload talks to that one, on that port.</summary>
internal sealed record Connection(string To, int Port);

/// <summary>A public name of a workload.</summary>
internal sealed record PublicName(string Label, string Domain, IReadOnlyList<string> Paths)
{
    public string Host => $"{Label}.{Domain}";

    /// <summary>The largest body of a request, in MiB.</summary>
    public int MaxBody { get; init; } = 1;
}

/// <summary>One container of the system with all that a publisher must know of it; made from a resource of the app model.</summary>
internal sealed record Workload
{
    /// <summary>What proxies wait for an answer where the model says nothing.</summary>
    public static readonly TimeSpan UsualLongestAnswer = TimeSpan.FromMinutes(1);

    public required string Name { get; init; }
    public WorkloadKind Kind { get; init; } = WorkloadKind.Service;

    /// <summary>What its image needs beyond what the model says.</summary>
    public ServerAnnotation Server { get; init; } = new();

    /// <summary>The project file, relative to the AppHost's folder, of an image that the Dockerfile builds; null for another's image.</summary>
    public string? ProjectPath { get; init; }

    /// <summary>What its image is built from where Compose builds it; null for an image that is only pulled.</summary>
    public WorkloadBuild? Build { get; init; }

    /// <summary>The image's reference, with a tag and, where the image lock knows it, a digest.</summary>
    public required string Image { get; init; }
    public IReadOnlyList<string> Command { get; init; } = [];
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<Setting> Settings { get; init; } = [];
    public IReadOnlyList<WorkloadPort> Ports { get; init; } = [];
    public IReadOnlyList<WorkloadVolume> Volumes { get; init; } = [];
    public IReadOnlyList<WorkloadFile> Files { get; init; } = [];
    public IReadOnlyList<Connection> Connections { get; init; } = [];

    /// <summary>Ports on which it reaches hosts outside the system.</summary>
    public IReadOnlyList<int> OutboundPorts { get; init; } = [];

    /// <summary>Where those hosts are, in CIDR notation; null for the internet.</summary>
    public string? OutboundNetwork { get; init; }

    /// <summary>Workloads that must be healthy before this one starts.</summary>
    public IReadOnlyList<string> WaitsFor { get; init; } = [];
    public int Replicas { get; init; } = 1;

    /// <summary>True where the image can't read secrets from files and gets them as variables.</summary>
    public bool SecretsAsEnvironment { get; init; }

    /// <summary>True for Prometheus, Grafana and Jaeger, which a deployment may leave out.</summary>
    public bool IsMonitoring { get; init; }

    /// <summary>True for what takes and shows the services' telemetry, a part that a deployment takes on its own.</summary>
    public bool IsTelemetryDashboard { get; init; }
    /// <summary>How long a request may last; null where the model doesn't say.</summary>
    public TimeSpan? LongestAnswer { get; init; }

    /// <summary>How long its end may take, for that reason.</summary>
    public TimeSpan? StopTime => LongestAnswer + LongestAnswerAnnotation.StopReserve;

    public string? Schedule { get; init; }

    /// <summary>True for a scheduled job that runs only when somebody starts it by hand.</summary>
    public bool IsSuspended { get; init; }
    public AutoscalingAnnotation? Autoscaling { get; init; }
    public QueueAutoscalingAnnotation? QueueAutoscaling { get; init; }
    public ComputeResourcesAnnotation Resources { get; init; } = ComputeResourcesAnnotation.Default;

    /// <summary>How its state is asked for.</summary>
    public WorkloadProbes Probes { get; init; } = new();

    /// <summary>The size of each named volume, as a Kubernetes quantity.</summary>
    public string VolumeSize { get; init; } = "10Gi";

    /// <summary>What its operator says of its pods.</summary>
    public PodAnnotation Pod { get; init; } = PodAnnotation.None;

    /// <summary>How often the image is pulled, in Kubernetes's words; null leaves it to the publisher.</summary>
    public string? PullPolicy { get; init; }
    public PublicName? PublicName { get; init; }
    public bool IsProject => ProjectPath is not null;
    public WorkloadPort? HttpPort => Ports.FirstOrDefault(static port => port.IsHttp);

    /// <summary>Where its /metrics are.</summary>
    public WorkloadPort? MetricsPort => Ports.FirstOrDefault(static port => port.IsManagement) ?? HttpPort;

    /// <summary>Runs with an identity and data of its own: it has a named volume.</summary>
    public bool IsStateful => Kind == WorkloadKind.Service && Volumes.Any(static volume => volume.Name is not null);
    public IEnumerable<Setting> PlainSettings => Settings.Where(static setting => !setting.Value.IsDeferred);
    public IEnumerable<Setting> SecretSettings => Settings.Where(static setting => setting.Value.IsDeferred);
    public bool HasSecrets => SecretSettings.Any();

    /// <summary>Replicas at least.</summary>
    public int MinimumReplicas => Autoscaling?.Minimum ?? QueueAutoscaling?.Minimum ?? Replicas;

    /// <summary>Replicas at most.</summary>
    public int MaximumReplicas => Autoscaling?.Maximum ?? QueueAutoscaling?.Maximum ?? Replicas;
    public bool IsScaled => Autoscaling is not null || QueueAutoscaling is not null;
}

/// <summary>The whole system, in the order of the model, jobs after what they serve.</summary>
/// <param name="Parameters">Parameters whose values are given when deploying.</param>
/// <param name="Application">The system's name, a DNS label.</param>
/// <param name="Source">What generates the output: the AppHost's name.</param>
internal sealed record WorkloadModel(
    string Application, string Source, IReadOnlyList<Workload> Workloads, IReadOnlyList<DeferredParameter> Parameters)
{
    public IEnumerable<Workload> CallersOf(Workload target) =>
        Workloads.Where(caller => caller.Connections.Any(connection => connection.To == target.Name));

    /// <summary>Where services send their traces, as OTLP over gRPC; null where nothing collects them.</summary>
    public Connection? Traces { get; init; }

    /// <summary>What takes all that services tell of themselves; null where there is none.</summary>
    public Workload? TelemetryDashboard => Workloads.FirstOrDefault(static workload => workload.IsTelemetryDashboard);

    /// <summary>Where they send it, as OTLP over gRPC.</summary>
    public Connection? Telemetry => TelemetryDashboard is { } dashboard
        ? new Connection(dashboard.Name, dashboard.Ports.First(static port => port.Name == "otlp").Number)
        : null;

    /// <summary>The services whose /metrics are read.</summary>
    public IEnumerable<Workload> Scraped => Workloads.Where(static workload =>
        workload is { IsProject: true, Kind: WorkloadKind.Service, HttpPort: not null });

    /// <summary>What has a public name, in the order of the model.</summary>
    public IEnumerable<Workload> Published => Workloads.Where(static workload => workload is { PublicName: not null, HttpPort: not null });

    public Workload Find(string name) => Workloads.First(workload => workload.Name == name);
}

/// <summary>A parameter that a deployment supplies.</summary>
/// <param name="Generate">Makes a value where none is given; null when only a person can know it.</param>
internal sealed record DeferredParameter(string Name, Func<string>? Generate);
