using System.Text.RegularExpressions;
using k8s.Models;

namespace Capibara6.Tests.Hosting.Publishing.Rules;

/// <summary>No secret in clear, and every one that a pod names comes from somewhere.</summary>
internal static partial class SecretRules
{
    public static IEnumerable<ManifestRule> All =>
    [
        new("no secret in a setting", static set => set.Of<V1ConfigMap>().SelectMany(static item => item.Data, static (item, pair) => (item.Metadata.Name, pair.Key, pair.Value))
            .Concat(set.Containers.SelectMany(static item => item.Container.Env ?? [], static (item, variable) => (item.Pods.Name, Key: variable.Name, Value: variable.Value ?? string.Empty)))
            .Where(static item => (SecretName().IsMatch(item.Key) && !item.Key.EndsWith("_FILE", StringComparison.Ordinal)) || SecretText().IsMatch(item.Value))
            .Select(static item => $"{item.Name} {item.Key}")),
        new("no Secret with content", static set => set.Of<V1Secret>().Select(static item => item.Metadata.Name)),
        new("configuration that a pod names is there", static set => set.Pods.SelectMany(static pods => Configurations(pods), static (pods, name) => (pods, name))
            .Where(item => !set.Of<V1ConfigMap>().Any(map => map.Metadata.Name == item.name)).Select(static item => $"{item.pods} {item.name}")),
        // Only generated ConfigMaps carry a hash of their content in their name, unless they are told not to.
        new("a change of configuration rolls the pods", static set => set.Pods.SelectMany(Configurations).Distinct().Where(name => !set.Hashed.Contains(name))),
        new("secrets that a pod names come from the store", static set => set.Pods
            .SelectMany(static pods => pods.Spec.Volumes.Select(static volume => volume.Secret?.SecretName).OfType<string>(), static (pods, name) => (pods, name))
            .Where(item => !set.Custom.Any(secret => secret.Kind == "ExternalSecret" && secret.Text("target", "name") == item.name))
            .Select(static item => $"{item.pods} {item.name}")),
        new("files that a pod mounts are there", static set => set.Containers.SelectMany(static item => item.Container.VolumeMounts.Where(static mount => mount.SubPath is not null),
                static (item, mount) => (item.Pods, mount))
            .Where(item => !set.Of<V1ConfigMap>().Any(map => map.Data.ContainsKey(item.mount.SubPath)
                && item.Pods.Spec.Volumes.Any(volume => volume.Name == item.mount.Name && volume.ConfigMap.Name == map.Metadata.Name)))
            .Select(static item => $"{item.Pods} {item.mount.SubPath}")),
        new("templates use what they fetch", static set => set.Custom.Where(static item => item.Kind == "ExternalSecret").Where(static item =>
        {
            var fetched = ((List<object>)item.Find("data")!).Cast<Dictionary<object, object>>().Select(static data => (string)data["secretKey"]).ToHashSet();
            var used = ((Dictionary<object, object>)item.Find("target", "template", "data")!).Values.Cast<string>()
                .SelectMany(static text => TemplateField().Matches(text).Select(static match => match.Groups[1].Value)).ToHashSet();
            return !fetched.SetEquals(used);
        }).Select(static item => item.Name)),
    ];

    private static IEnumerable<string> Configurations(Pods pods) => pods.Spec.Volumes.Select(static volume => volume.ConfigMap?.Name)
        .Concat(pods.Spec.Containers.SelectMany(static container => container.EnvFrom ?? []).Select(static source => source.ConfigMapRef?.Name))
        .OfType<string>();

    [GeneratedRegex("(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL)", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"(://[^/\s:@]+:[^@\s/]+@)|((password|pwd|secret|accesskey)\s*=\s*[^;\s]+)|(-----BEGIN [A-Z ]*PRIVATE KEY)", RegexOptions.IgnoreCase)]
    private static partial Regex SecretText();

    [GeneratedRegex(@"\{\{ \.(\w+)")]
    private static partial Regex TemplateField();
}
