namespace Capibara6.Hosting.Deployment;

/// <summary>What a cluster has to know of a resource's pods that only its operator can say. Compose has no use for it.</summary>
public sealed record PodAnnotation : IResourceAnnotation
{
    internal static PodAnnotation None { get; } = new();

    /// <summary>Labels that a node must have.</summary>
    public IReadOnlyDictionary<string, string> NodeSelector { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Taints of nodes that keep the pods away no longer.</summary>
    public IReadOnlyList<Toleration> Tolerations { get; init; } = [];

    /// <summary>Labels of the pods beside those of the publisher.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The class of the volumes; null for the cluster's default.</summary>
    public string? StorageClass { get; init; }

    /// <summary>A Secret of the namespace that holds this resource's secret variables as its keys; null to have one made.</summary>
    public string? ExistingSecret { get; init; }

    /// <summary>A Secret of the namespace with which the image is pulled; null where none is needed.</summary>
    public string? PullSecret { get; init; }

    /// <summary>The user that runs the container, above 0; null for the image's own, which has to be a number that is not root's.</summary>
    public long? User { get; init; } = DefaultUser;

    /// <summary>The container may write to its image's files.</summary>
    public bool WritesToImage { get; init; }

    /// <summary>An identity that no image defines and no node uses.</summary>
    public const long DefaultUser = 10001;
}

/// <param name="Key">The taint's key.</param>
/// <param name="Value">Its value; null tolerates any.</param>
/// <param name="Effect">NoSchedule, PreferNoSchedule or NoExecute; null tolerates all.</param>
public sealed record Toleration(string Key, string? Value, string? Effect);
