using System.Text.RegularExpressions;
using k8s.Models;

namespace Capibara6.Tests.Hosting.Publishing.Rules;

/// <summary>Names, labels, selectors.</summary>
internal static partial class StructureRules
{
    private static readonly string[] s_labels = ["app.kubernetes.io/name", "app.kubernetes.io/part-of", "app.kubernetes.io/managed-by"];

    public static IEnumerable<ManifestRule> All =>
    [
        new("no object twice", static set => set.All
            .GroupBy(static item => (item.ApiVersion, item.Kind, item.Metadata.Name))
            .Where(static group => group.Count() > 1).Select(static group => $"{group.Key}")),
        new("stable API versions only", static set => set.All
            .Where(static item => item.ApiVersion.Contains("alpha", StringComparison.Ordinal) || item.ApiVersion.Contains("beta", StringComparison.Ordinal))
            .Select(static item => $"{item.Kind}/{item.Metadata.Name} {item.ApiVersion}")),
        new("every object in the namespace", static set => set.All
            .Where(static item => item is not V1Namespace && item.Metadata.NamespaceProperty != "capibara6").Select(static item => $"{item.Kind}/{item.Metadata.Name}")),
        new("recommended labels", static set => set.All
            .SelectMany(static item => s_labels.Where(label => item.Metadata.Labels?.ContainsKey(label) != true), static (item, label) => $"{item.Kind}/{item.Metadata.Name} {label}")),
        new("recommended labels on operators' objects", static set => set.Custom
            .SelectMany(static item => s_labels.Where(label => !((Dictionary<object, object>)item.Metadata["labels"]).ContainsKey(label)), static (item, label) => $"{item.Kind}/{item.Name} {label}")),
        new("selectors match their own pods and no others", static set => set.Of<V1Deployment>().Select(static item => (item.Metadata.Name, item.Spec.Selector))
            .Concat(set.Of<V1StatefulSet>().Select(static item => (item.Metadata.Name, item.Spec.Selector)))
            .SelectMany(owner => set.Pods
                .Where(pods => ManifestSet.Matches(owner.Selector, pods.Labels) != (pods.Name == owner.Name)).Select(pods => $"{owner.Name} and {pods}"))),
        new("names are DNS labels", static set => set.All.Where(static item => !DnsLabel().IsMatch(item.Metadata.Name)).Select(static item => item.Metadata.Name)),
    ];

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
    private static partial Regex DnsLabel();
}
