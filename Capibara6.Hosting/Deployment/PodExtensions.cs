namespace Capibara6.Hosting.Deployment;

/// <summary>What a cluster's operator says of one resource's pods.</summary>
public static partial class PodExtensions
{
    /// <summary>Runs the pods only on nodes that have this label.</summary>
    public static IResourceBuilder<T> WithNodeSelector<T>(this IResourceBuilder<T> builder, string label, string value)
        where T : IComputeResource
    {
        CheckLabel(builder, label, value);
        return builder.With(pod => pod with { NodeSelector = Added(pod.NodeSelector, label, value) });
    }

    /// <summary>Lets the pods run on nodes that have this taint.</summary>
    /// <param name="value">The taint's value; null tolerates any.</param>
    /// <param name="effect">NoSchedule, PreferNoSchedule or NoExecute; null tolerates all.</param>
    public static IResourceBuilder<T> WithToleration<T>(this IResourceBuilder<T> builder, string key, string? value = null, string? effect = null)
        where T : IComputeResource
    {
        CheckLabel(builder, key, value ?? string.Empty);
        Misuse.When(
            effect is not (null or "NoSchedule" or "PreferNoSchedule" or "NoExecute"),
            builder,
            $"the effect of a taint is NoSchedule, PreferNoSchedule or NoExecute, not '{effect}'");
        return builder.With(pod => pod with { Tolerations = [.. pod.Tolerations, new Toleration(key, value, effect)] });
    }

    /// <summary>Gives the pods a label beside those of the publisher, which stay.</summary>
    public static IResourceBuilder<T> WithPodLabel<T>(this IResourceBuilder<T> builder, string label, string value)
        where T : IComputeResource
    {
        CheckLabel(builder, label, value);
        Misuse.When(label.StartsWith("app.kubernetes.io/", StringComparison.Ordinal), builder, $"the label {label} is the publisher's own");
        return builder.With(pod => pod with { Labels = Added(pod.Labels, label, value) });
    }

    /// <summary>The class of the resource's volumes, instead of the cluster's default.</summary>
    public static IResourceBuilder<T> WithStorageClass<T>(this IResourceBuilder<T> builder, string name)
        where T : ContainerResource
    {
        CheckName(builder, name);
        return builder.With(pod => pod with { StorageClass = name });
    }

    /// <summary>Takes the resource's secret variables from a Secret that is there, with their names as its keys, instead of having one made.</summary>
    public static IResourceBuilder<T> WithExistingSecret<T>(this IResourceBuilder<T> builder, string name)
        where T : IComputeResource
    {
        CheckName(builder, name);
        return builder.With(pod => pod with { ExistingSecret = name });
    }

    /// <summary>Pulls the image with this Secret of the type <c>kubernetes.io/dockerconfigjson</c>.</summary>
    public static IResourceBuilder<T> WithImagePullSecret<T>(this IResourceBuilder<T> builder, string name)
        where T : IComputeResource
    {
        CheckName(builder, name);
        return builder.With(pod => pod with { PullSecret = name });
    }

    /// <summary>
    /// Changes what every container gets: a user that no image knows (10001) and files that it can't write to. Root is never
    /// allowed: the namespace refuses it.
    /// </summary>
    /// <param name="user">Above 0; null for the image's own.</param>
    /// <param name="writesToImage">True for an image that writes beside its volumes and /tmp.</param>
    public static IResourceBuilder<T> WithContainerUser<T>(this IResourceBuilder<T> builder, long? user, bool writesToImage = false)
        where T : IComputeResource
    {
        Misuse.When(user is <= 0 or > int.MaxValue, builder, $"a container's user is a number above 0, not {user}: a deployment runs nothing as root");
        return builder.With(pod => pod with { User = user, WritesToImage = writesToImage });
    }

    private static IResourceBuilder<T> With<T>(this IResourceBuilder<T> builder, Func<PodAnnotation, PodAnnotation> change)
        where T : IResource
    {
        builder.Resource.TryGetLastAnnotation<PodAnnotation>(out var pod);
        return builder.WithAnnotation(change(pod ?? PodAnnotation.None), ResourceAnnotationMutationBehavior.Replace);
    }

    private static SortedDictionary<string, string> Added(IReadOnlyDictionary<string, string> labels, string label, string value) =>
        new(labels.ToDictionary(), StringComparer.Ordinal) { [label] = value };

    private static void CheckLabel<T>(IResourceBuilder<T> builder, string label, string value)
        where T : IResource
    {
        Misuse.When(label is null || !LabelName().IsMatch(label), builder, $"'{label}' is no label of Kubernetes, such as example.org/zone");
        Misuse.When(value is null || !LabelValue().IsMatch(value), builder, $"'{value}' is no value of a label: at most 63 letters, digits, hyphens, dots and underscores");
    }

    private static void CheckName<T>(IResourceBuilder<T> builder, string name)
        where T : IResource
    {
        Misuse.When(name is null || !ObjectName().IsMatch(name), builder, $"'{name}' is no name of an object in Kubernetes: lower-case letters, digits, hyphens and dots");
    }

    [GeneratedRegex(@"^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex LabelName();

    [GeneratedRegex(@"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\z")]
    private static partial Regex LabelValue();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\z")]
    private static partial Regex ObjectName();
}
