using Capibara6.Tests.Hosting.Publishing.Rules;

namespace Capibara6.Tests.Hosting.Publishing;

/// <summary>The published manifests keep every rule, and every rule can be broken.</summary>
[TestClass]
public sealed class ManifestRuleTests
{
    private static readonly string[] s_production =
        ["base", "components/external-secrets", "components/ingress-nginx", "components/keda", "components/monitoring"];

    public static IEnumerable<string> Rules => ManifestRule.All.Select(static rule => rule.Name);

    /// <summary>A change to one file, and the rule that has to notice.</summary>
    public static IEnumerable<string[]> Mistakes => RuleMistakes.All;

    [TestMethod]
    public void Rules_AllOfThem_HaveAMistakeThatBreaksThem() =>
        Assert.IsEmpty(Rules.Except(RuleMistakes.All.Select(static mistake => mistake[3])));

    [TestMethod]
    public void Checklist_EveryPoint_IsHeldByRules()
    {
        CollectionAssert.AreEqual(
            Enumerable.Range(1, 73).Select(static number => $"K{number:00}").ToList(), ManifestChecklist.Points.Select(static point => point.Id).ToList());
        Assert.IsEmpty(ManifestChecklist.Points.SelectMany(static point => point.Rules).Except(Rules));
        Assert.IsEmpty(ManifestChecklist.Points.Where(static point => point.Rules.Length == 0).Select(static point => point.Id));
    }

    [TestMethod]
    [DynamicData(nameof(Rules))]
    public async Task Production_Rule_IsKept(string rule)
    {
        var set = ManifestSet.Load((await PublishedAppHost.GetAsync()).Kubernetes, s_production);

        Assert.IsEmpty(Find(rule).Violations(set));
    }

    [TestMethod]
    public async Task BaseAlone_RulesThatApply_AreKept()
    {
        // What the components bring; the secrets and the graph of the rest stand without them.
        string[] needComponents = ["secrets that a pod names come from the store"];
        var set = ManifestSet.Load((await PublishedAppHost.GetAsync()).Kubernetes, "base");

        var broken = ManifestRule.All.Where(rule => !needComponents.Contains(rule.Name) && rule.Violations(set).Any()).Select(static rule => rule.Name);

        Assert.IsEmpty(broken);
    }

    [TestMethod]
    [DynamicData(nameof(Mistakes))]
    public async Task Rule_ManifestWithMistake_Notices(string file, string text, string mistake, string rule)
    {
        var files = (await PublishedAppHost.GetAsync()).Kubernetes.ToDictionary(static pair => pair.Key, static pair => pair.Value);
        Assert.Contains(text, files[file]);
        files[file] = files[file].Replace(text, mistake, StringComparison.Ordinal);

        Assert.IsNotEmpty(Find(rule).Violations(ManifestSet.Load(files, s_production)));
    }

    [TestMethod]
    [DataRow("type: ClusterIP", "typo: ClusterIP")]
    [DataRow("type: ClusterIP", "type: ClusterIP\n  type: ClusterIP")]
    public async Task Load_FieldThatIsUnknownOrTwice_IsRefused(string text, string mistake)
    {
        var files = (await PublishedAppHost.GetAsync()).Kubernetes.ToDictionary(static pair => pair.Key, static pair => pair.Value);
        files["base/capibara6-api/service.yaml"] = files["base/capibara6-api/service.yaml"].Replace(text, mistake, StringComparison.Ordinal);

        Assert.ThrowsExactly<YamlDotNet.Core.YamlException>(() => ManifestSet.Load(files, "base"));
    }

    private static ManifestRule Find(string name) => ManifestRule.All.Single(rule => rule.Name == name);
}
