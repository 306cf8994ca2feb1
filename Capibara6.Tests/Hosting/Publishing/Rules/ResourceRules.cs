using System.Text.RegularExpressions;
using k8s.Models;

namespace Capibara6.Tests.Hosting.Publishing.Rules;

/// <summary>What containers may use, and which images they are.</summary>
internal static partial class ResourceRules
{
    public static IEnumerable<ManifestRule> All =>
    [
        Container("CPU and memory requested", static container => Has(container.Resources.Requests, "cpu") && Has(container.Resources.Requests, "memory")),
        Container("memory limited", static container => Has(container.Resources.Limits, "memory")),
        Container("disk limited", static container => Has(container.Resources.Limits, "ephemeral-storage")),
        Container("image pinned by digest", static container => PinnedImage().IsMatch(container.Image)),
        new("scratch space limited", static set => set.Pods
            .Where(static pods => pods.Spec.Volumes.Any(static volume => volume.EmptyDir is { SizeLimit: null })).Select(static pods => pods.ToString())),
        new("databases get the memory they ask for", static set => set.Containers
            .Where(static item => item.Pods.Owner is V1StatefulSet
                && item.Container.Resources.Requests["memory"].ToDecimal() != item.Container.Resources.Limits["memory"].ToDecimal())
            .Select(static item => item.Pods.ToString())),
        new("quota and limits", static set => set.Of<V1ResourceQuota>().Any() && set.Of<V1LimitRange>().Any() ? [] : ["missing"]),
        // A container without a limit of its own gets the namespace's, and is not let in when it asks for more.
        new("nothing asks for more than its limit", static set => set.Containers.SelectMany(
            item => (item.Container.Resources.Requests ?? new Dictionary<string, ResourceQuantity>())
                .Where(asked => LimitOf(set, item.Container, asked.Key) is { } limit && asked.Value.ToDecimal() > limit.ToDecimal())
                .Select(asked => $"{item.Pods}:{item.Container.Name} {asked.Key}"))),
        new("the quota has room for everything at its largest", static set =>
        {
            var pods = set.Pods.Sum(item => set.ScalersOf(item.Name).Select(static scaler => scaler.Maximum).DefaultIfEmpty(set.ReplicasOf(item)).Max());
            return set.Of<V1ResourceQuota>().Where(quota => quota.Spec.Hard["pods"].ToInt32() < pods).Select(quota => $"{pods} pods");
        }),
    ];

    private static ResourceQuantity? LimitOf(ManifestSet set, V1Container container, string resource) =>
        container.Resources.Limits?.TryGetValue(resource, out var own) == true ? own : set.Of<V1LimitRange>()
            .SelectMany(static range => range.Spec.Limits).Where(static item => item.Type == "Container" && item.DefaultProperty is not null)
            .Select(item => item.DefaultProperty.TryGetValue(resource, out var given) ? given : null).FirstOrDefault(static given => given is not null);

    private static ManifestRule Container(string name, Func<V1Container, bool> isKept) =>
        new(name, set => set.Containers.Where(item => !isKept(item.Container)).Select(static item => $"{item.Pods}:{item.Container.Name}"));

    private static bool Has(IDictionary<string, ResourceQuantity>? amounts, string name) => amounts?.ContainsKey(name) == true;

    [GeneratedRegex("^[^@]+:(?!latest@)[^:@/]+@sha256:[0-9a-f]{64}$")]
    private static partial Regex PinnedImage();
}
