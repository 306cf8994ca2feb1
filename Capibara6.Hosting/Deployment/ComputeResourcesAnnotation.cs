using k8s.Models;

namespace Capibara6.Hosting.Deployment;

/// <summary>What a container asks for and what it may use, as Kubernetes quantities ("250m", "1", "512Mi").</summary>
/// <param name="CpuLimit">Null for no limit: throttling a service that could use idle CPU only makes it slow.</param>
public sealed record ComputeResourcesAnnotation(string Cpu, string Memory, string? CpuLimit, string MemoryLimit, string EphemeralStorage)
    : IResourceAnnotation
{
    internal static ComputeResourcesAnnotation Default { get; } = new("100m", "256Mi", null, "256Mi", "256Mi");

    internal long MemoryLimitBytes => new ResourceQuantity(MemoryLimit).ToInt64();

    internal long MemoryBytes => new ResourceQuantity(Memory).ToInt64();

    internal decimal? CpuLimitCores => CpuLimit is null ? null : new ResourceQuantity(CpuLimit).ToDecimal();

    internal long CpuMillicores => (long)(new ResourceQuantity(Cpu).ToDecimal() * 1000);
}

/// <summary>Paths that say whether a replica has started, takes requests, and still works; null where the resource has none.</summary>
public sealed record ProbesAnnotation(string? Startup, string? Readiness, string? Liveness) : IResourceAnnotation;

/// <summary>A script for the image's /bin/sh that ends with 0 when the container is ready.</summary>
public sealed record HealthCommandAnnotation(string Script) : IResourceAnnotation;

/// <summary>The size of each volume of a container, as a Kubernetes quantity.</summary>
public sealed record VolumeSizeAnnotation(string Size) : IResourceAnnotation;
