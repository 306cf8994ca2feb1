using Capibara6.Hosting.Deployment;
using Capibara6.Hosting.Publishing.Workloads;
using k8s.Models;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>A workload's pods, as Pod Security "restricted" wants them.</summary>
internal sealed class PodMapping(ObjectMetadata metadata)
{
    /// <summary>Kubernetes takes a stopped pod out of its services in the background; until then it must go on answering.</summary>
    private const int DrainSeconds = 10;

    public V1PodTemplateSpec Map(Workload workload) => new()
    {
        Metadata = new V1ObjectMeta { Labels = Labels(workload) },
        Spec = new V1PodSpec
        {
            ServiceAccountName = workload.Name,
            AutomountServiceAccountToken = false,
            EnableServiceLinks = false,
            SecurityContext = new V1PodSecurityContext
            {
                RunAsNonRoot = true,
                RunAsUser = workload.Pod.User,
                RunAsGroup = workload.Pod.User,
                FsGroup = workload.Pod.User ?? PodAnnotation.DefaultUser,
                FsGroupChangePolicy = "OnRootMismatch",
                SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" },
            },
            RestartPolicy = workload.Kind == WorkloadKind.Service ? null : "Never",
            TerminationGracePeriodSeconds = GraceSeconds(workload),
            TopologySpreadConstraints = Spread(workload),
            NodeSelector = workload.Pod.NodeSelector.Count == 0 ? null : workload.Pod.NodeSelector.ToDictionary(),
            Tolerations = workload.Pod.Tolerations.Count == 0 ? null : [.. workload.Pod.Tolerations.Select(Tolerate)],
            ImagePullSecrets = workload.Pod.PullSecret is { } secret ? [new V1LocalObjectReference { Name = secret }] : null,
            Containers = [Container(workload)],
            Volumes = [.. PodVolumes.Of(workload)],
        },
    };

    private Dictionary<string, string> Labels(Workload workload)
    {
        var labels = metadata.Labels(workload.Name);
        foreach (var (label, value) in workload.Pod.Labels)
        {
            labels[label] = value;
        }

        return labels;
    }

    private static V1Toleration Tolerate(Toleration toleration) => new()
    {
        Key = toleration.Key,
        OperatorProperty = toleration.Value is null ? "Exists" : "Equal",
        Value = toleration.Value,
        Effect = toleration.Effect,
    };

    /// <summary>Draining, then what requests and jobs in hand may take.</summary>
    private static long? GraceSeconds(Workload workload) => workload switch
    {
        { StopTime: { } time } => DrainSeconds + (long)time.TotalSeconds,
        { IsProject: true, QueueAutoscaling: not null } => DrainSeconds + 80,
        { IsProject: true } => DrainSeconds + 50,
        { IsStateful: true } => 120,
        _ => 30,
    };

    private static List<V1TopologySpreadConstraint>? Spread(Workload workload)
    {
        if (workload is not { Kind: WorkloadKind.Service, IsStateful: false } || workload.MinimumReplicas < 2)
        {
            return null;
        }

        V1TopologySpreadConstraint Over(string key) => new()
        {
            MaxSkew = 1,
            TopologyKey = key,
            WhenUnsatisfiable = "ScheduleAnyway",
            LabelSelector = new V1LabelSelector { MatchLabels = ObjectMetadata.Selector(workload.Name) },
        };

        return [Over("kubernetes.io/hostname"), Over("topology.kubernetes.io/zone")];
    }

    private static V1Container Container(Workload workload) => new()
    {
        Name = workload.Name,
        Image = workload.Image,
        ImagePullPolicy = workload.PullPolicy ?? "IfNotPresent",
        Command = workload.Command.Count == 0 ? null : [.. workload.Command],
        Args = workload.Args.Count == 0 ? null : [.. workload.Args],
        Ports = workload.Ports.Count == 0 ? null : [.. workload.Ports.Select(static port =>
            new V1ContainerPort { Name = port.Name, ContainerPort = port.Number, Protocol = port.Protocol })],
        EnvFrom = workload.PlainSettings.Any()
            ? [new V1EnvFromSource { ConfigMapRef = new V1ConfigMapEnvSource { Name = ObjectNames.Configuration(workload) } }]
            : null,
        Env = Environment(workload),
        Resources = Resources(workload),
        SecurityContext = new V1SecurityContext
        {
            AllowPrivilegeEscalation = false,
            ReadOnlyRootFilesystem = !workload.Pod.WritesToImage,
            Capabilities = new V1Capabilities { Drop = ["ALL"] },
        },
        StartupProbe = ProbeMapping.Startup(workload),
        ReadinessProbe = ProbeMapping.Readiness(workload),
        LivenessProbe = ProbeMapping.Liveness(workload),
        Lifecycle = workload is { IsProject: true, Kind: WorkloadKind.Service }
            ? new V1Lifecycle { PreStop = new V1LifecycleHandler { Sleep = new V1SleepAction { Seconds = DrainSeconds } } }
            : null,
        VolumeMounts = [.. PodVolumes.MountsOf(workload)],
    };

    private static List<V1EnvVar>? Environment(Workload workload)
    {
        var variables = new List<V1EnvVar>();
        if (workload.IsProject)
        {
            // Replicas share a service name; telemetry tells them apart by the instance.
            variables.Add(new V1EnvVar
            {
                Name = "POD_NAME",
                ValueFrom = new V1EnvVarSource { FieldRef = new V1ObjectFieldSelector { FieldPath = "metadata.name" } },
            });
            variables.Add(new V1EnvVar { Name = "OTEL_RESOURCE_ATTRIBUTES", Value = "service.instance.id=$(POD_NAME)" });
        }

        if (workload.SecretsAsEnvironment)
        {
            variables.AddRange(workload.SecretSettings.Select(setting => new V1EnvVar
            {
                Name = setting.Name,
                ValueFrom = new V1EnvVarSource
                {
                    SecretKeyRef = new V1SecretKeySelector { Name = ObjectNames.Secrets(workload), Key = setting.Name },
                },
            }));
        }

        return variables.Count == 0 ? null : variables;
    }

    private static V1ResourceRequirements Resources(Workload workload)
    {
        var wanted = workload.Resources;
        var limits = new Dictionary<string, ResourceQuantity>();
        if (wanted.CpuLimit is { } cpu)
        {
            limits["cpu"] = new ResourceQuantity(cpu);
        }

        limits["ephemeral-storage"] = new ResourceQuantity(wanted.EphemeralStorage);
        limits["memory"] = new ResourceQuantity(wanted.MemoryLimit);
        return new V1ResourceRequirements
        {
            Requests = new Dictionary<string, ResourceQuantity>
            {
                ["cpu"] = new ResourceQuantity(wanted.Cpu),
                ["ephemeral-storage"] = new ResourceQuantity(wanted.EphemeralStorage),
                ["memory"] = new ResourceQuantity(wanted.Memory),
            },
            Limits = limits,
        };
    }
}
