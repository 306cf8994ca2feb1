namespace Capibara6.Tests.Hosting.Publishing.Rules;

/// <summary>A rule that a set of manifests keeps. It names what breaks it.</summary>
internal sealed record ManifestRule(string Name, Func<ManifestSet, IEnumerable<string>> Violations)
{
    public static IReadOnlyList<ManifestRule> All { get; } =
    [
        .. StructureRules.All, .. PodSecurityRules.All, .. ResourceRules.All, .. AvailabilityRules.All, .. ScalingRules.All,
        .. NetworkRules.All, .. IngressRules.All, .. SecretRules.All, .. StateRules.All, .. ObservabilityRules.All,
    ];
}
