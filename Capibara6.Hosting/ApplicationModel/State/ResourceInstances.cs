using System.Collections.Immutable;
using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>One running copy of a resource. Its identifier is what commands, logs and states are addressed to.</summary>
/// <param name="Id">Resource name, hyphen, suffix.</param>
/// <param name="Suffix">Eight lower-case letters; <c>service.instance.id</c> of its telemetry.</param>
/// <param name="Index">From 0.</param>
internal sealed record ResourceInstance(string Id, string Suffix, int Index);

/// <summary>The instances that a resource has in this run.</summary>
internal sealed record ResourceInstancesAnnotation(ImmutableArray<ResourceInstance> Instances) : IResourceAnnotation;

/// <summary>Gives instances their identifiers.</summary>
internal static class ResourceInstances
{
    private const int SuffixLength = 8;

    /// <summary>Names the instances of a resource once; later calls return the same ones.</summary>
    /// <param name="count">How many, at least 1; null for the resource's own number of replicas.</param>
    public static ImmutableArray<ResourceInstance> Assign(IResource resource, int? count = null)
    {
        if (resource.TryGetLastAnnotation<ResourceInstancesAnnotation>(out var assigned))
        {
            return assigned.Instances;
        }

        var instances = Enumerable.Range(0, Math.Max(1, count ?? resource.GetReplicaCount()))
            .Select(index => Create(resource, index)).ToImmutableArray();
        resource.Annotations.Add(new ResourceInstancesAnnotation(instances));
        return instances;
    }

    /// <summary>The identifiers of the instances; the resource's name when it has none.</summary>
    public static ImmutableArray<string> GetIds(IResource resource) =>
        resource.TryGetLastAnnotation<ResourceInstancesAnnotation>(out var assigned)
            ? [.. assigned.Instances.Select(instance => instance.Id)]
            : [resource.Name];

    private static ResourceInstance Create(IResource resource, int index)
    {
        var suffix = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", SuffixLength);
        return new ResourceInstance($"{resource.Name}-{suffix}", suffix, index);
    }
}
