using Aspire.Hosting.ApplicationModel;

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
