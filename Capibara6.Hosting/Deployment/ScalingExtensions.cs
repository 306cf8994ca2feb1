namespace Capibara6.Hosting.Deployment;

/// <summary>Replicas follow the use of CPU and memory.</summary>
/// <param name="Minimum">At least 2: one replica is not available during a disruption.</param>
/// <param name="Maximum">Above <paramref name="Minimum"/>.</param>
/// <param name="Cpu">Average use in percent of the request at which replicas are added, 1 to 100; null to leave CPU aside.</param>
/// <param name="Memory">The same for memory.</param>
public sealed record AutoscalingAnnotation(int Minimum, int Maximum, int? Cpu, int? Memory) : IResourceAnnotation;

/// <summary>Replicas follow the length of a queue; where nothing can read it, CPU and memory.</summary>
/// <param name="Metric">The gauge with the queue's length, as the resource's own /metrics shows it.</param>
/// <param name="ItemsPerReplica">Waiting items that one replica is expected to take on, 1 or more.</param>
public sealed record QueueAutoscalingAnnotation(int Minimum, int Maximum, string Metric, int ItemsPerReplica, int Cpu, int Memory)
    : IResourceAnnotation;

/// <summary>How many replicas a deployment runs and what each may use.</summary>
public static partial class ScalingExtensions
{
    /// <summary>Lets replicas follow the use of CPU and memory when deployed.</summary>
    /// <param name="min">Replicas at least, 2 or more.</param>
    /// <param name="max">Replicas at most, more than <paramref name="min"/>.</param>
    /// <param name="cpu">Average use, in percent of the request, at which replicas are added; 1 to 100, 0 to leave CPU aside.</param>
    /// <param name="memory">The same for memory.</param>
    public static IResourceBuilder<T> WithAutoscaling<T>(this IResourceBuilder<T> builder, int min, int max, int cpu = 70, int memory = 80)
        where T : IComputeResource
    {
        Misuse.When(cpu is < 0 or > 100, builder, $"cpu is a percentage from 1 to 100, or 0 for none, not {cpu}");
        Misuse.When(memory is < 0 or > 100, builder, $"memory is a percentage from 1 to 100, or 0 for none, not {memory}");
        Misuse.When(cpu == 0 && memory == 0, builder, "autoscaling needs a target for cpu or for memory");
        Range(builder, min, max);
        return builder.WithAnnotation(new AutoscalingAnnotation(min, max, cpu == 0 ? null : cpu, memory == 0 ? null : memory), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>Lets replicas follow the length of a queue when deployed; where nothing reads the queue, CPU and memory.</summary>
    /// <param name="metric">The gauge with the queue's length, as the resource's /metrics shows it.</param>
    /// <param name="itemsPerReplica">Waiting items that one replica takes on, 1 or more.</param>
    public static IResourceBuilder<T> WithQueueAutoscaling<T>(
        this IResourceBuilder<T> builder, int min, int max, string metric, int itemsPerReplica, int cpu = 80, int memory = 85)
        where T : IComputeResource
    {
        ArgumentNullException.ThrowIfNull(metric);
        Misuse.When(!MetricName().IsMatch(metric), builder, $"'{metric}' is no name of a Prometheus metric, such as capibara6_jobs_pending");
        Misuse.When(itemsPerReplica < 1, builder, $"itemsPerReplica is at least 1, not {itemsPerReplica}");
        Misuse.When(cpu is < 1 or > 100, builder, $"cpu is a percentage from 1 to 100, not {cpu}");
        Misuse.When(memory is < 1 or > 100, builder, $"memory is a percentage from 1 to 100, not {memory}");
        Range(builder, min, max);
        return builder.WithAnnotation(new QueueAutoscalingAnnotation(min, max, metric, itemsPerReplica, cpu, memory), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>Tells the resource in this variable how many replicas a deployment starts with.</summary>
    public static IResourceBuilder<T> WithReplicaCount<T>(this IResourceBuilder<T> builder, string variable)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithEnvironment(context => context.EnvironmentVariables[variable] =
            Replicas(builder.Resource).Minimum.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>How many replicas of a resource a deployment has at least and at most.</summary>
    internal static (int Minimum, int Maximum) Replicas(IResource resource) =>
        resource.TryGetLastAnnotation<AutoscalingAnnotation>(out var scaling) ? (scaling.Minimum, scaling.Maximum)
        : resource.TryGetLastAnnotation<QueueAutoscalingAnnotation>(out var queue) ? (queue.Minimum, queue.Maximum)
        : (resource.GetReplicaCount(), resource.GetReplicaCount());

    /// <summary>Says what a replica asks for and what it may use when deployed.</summary>
    /// <param name="cpu">A Kubernetes quantity: "250m" or "1".</param>
    /// <param name="memory">A Kubernetes quantity: "256Mi" or "1Gi".</param>
    /// <param name="memoryLimit">Null for the same as <paramref name="memory"/>.</param>
    /// <param name="cpuLimit">Null for none.</param>
    /// <param name="ephemeralStorage">Disk for temporary files and logs.</param>
    public static IResourceBuilder<T> WithResources<T>(
        this IResourceBuilder<T> builder, string cpu, string memory, string? memoryLimit = null, string? cpuLimit = null, string ephemeralStorage = "256Mi")
        where T : IComputeResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        var resources = new ComputeResourcesAnnotation(cpu, memory, cpuLimit, memoryLimit ?? memory, ephemeralStorage);
        foreach (var quantity in new[] { cpu, memory, resources.MemoryLimit, cpuLimit, ephemeralStorage }.OfType<string>())
        {
            Misuse.When(!Quantity().IsMatch(quantity), builder, $"'{quantity}' is no quantity; write CPU as 250m or 1, memory as 256Mi or 1Gi");
        }

        Misuse.When(resources.MemoryBytes > resources.MemoryLimitBytes, builder, $"the memory request {memory} is above its limit {memoryLimit}");
        Misuse.When(resources.CpuLimitCores is { } most && resources.CpuMillicores > most * 1000, builder, $"the CPU request {cpu} is above its limit {cpuLimit}");
        return builder.WithAnnotation(resources, ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>The size of each of a container's volumes when deployed, and of those without a name, which go with the container.</summary>
    /// <param name="size">A Kubernetes quantity: "20Gi".</param>
    public static IResourceBuilder<T> WithVolumeSize<T>(this IResourceBuilder<T> builder, string size)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(size);
        Misuse.When(!Quantity().IsMatch(size), builder, $"'{size}' is no size of a volume; write 20Gi");
        return builder.WithAnnotation(new VolumeSizeAnnotation(size), ResourceAnnotationMutationBehavior.Replace);
    }

    private static void Range<T>(IResourceBuilder<T> builder, int min, int max)
        where T : IResource
    {
        Misuse.When(min < 2, builder, $"autoscaling keeps at least 2 replicas, so that one may go, not {min}");
        Misuse.When(min >= max, builder, $"autoscaling goes from min up to max, and min {min} is not below max {max}");
    }

    [GeneratedRegex("^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?\\z")]
    private static partial Regex Quantity();

    [GeneratedRegex("^[a-zA-Z_:][a-zA-Z0-9_:]*\\z")]
    private static partial Regex MetricName();
}
