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
    public static IEnumerable<string[]> Mistakes =>
    [
        ["base/capibara6-api/deployment.yaml", "runAsNonRoot: true", "runAsNonRoot: false", "runs as nobody's user"],
        ["base/capibara6-api/deployment.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "read-only root"],
        ["base/capibara6-api/deployment.yaml", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "no privilege escalation"],
        ["base/capibara6-api/deployment.yaml", "maxUnavailable: 0", "maxUnavailable: 1", "roll without a gap"],
        ["base/capibara6-api/deployment.yaml", "seconds: 10", "seconds: 40", "drain before the end"],
        ["base/capibara6-api/deployment.yaml", "path: /alive", "path: /health", "liveness asks something else than readiness"],
        ["base/capibara6-api/deployment.yaml", "app.kubernetes.io/part-of: capibara6", "app.kubernetes.io/part-of2: capibara6", "recommended labels"],
        ["base/capibara6-api/deployment.yaml", "automountServiceAccountToken: false", "automountServiceAccountToken: true", "no service account token"],
        ["base/capibara6-api/deployment.yaml", "@sha256:", "@sha256:x", "image pinned by digest"],
        ["base/capibara6-api/deployment.yaml", "secretName: capibara6-api-secrets", "secretName: other", "secrets that a pod names come from the store"],
        ["base/capibara6-api/deployment.yaml", "topology.kubernetes.io/zone", "topology.kubernetes.io/region", "replicas spread over nodes and zones"],
        ["base/capibara6-api/horizontalpodautoscaler.yaml", "averageUtilization: 70", "averageUtilization: 75", "targets as promised"],
        ["base/capibara6-api/horizontalpodautoscaler.yaml", "minReplicas: 3", "minReplicas: 10", "autoscalers have room"],
        ["base/capibara6-api/horizontalpodautoscaler.yaml", "stabilizationWindowSeconds: 0", "stabilizationWindowSeconds: 60", "up at once, down slowly"],
        ["base/capibara6-api/poddisruptionbudget.yaml", "app.kubernetes.io/name: capibara6-api", "app.kubernetes.io/name: other", "disruptions are budgeted"],
        ["base/capibara6-api/kustomization.yaml", "HTTP_PORTS=8080", "API_TOKEN=abc", "no secret in a setting"],
        ["base/capibara6-api/service.yaml", "targetPort: http", "targetPort: https", "services lead to a port"],
        ["base/networkpolicy.yaml", "- Egress\n", "", "everything is closed by default"],
        ["base/postgres/networkpolicy.yaml", "app.kubernetes.io/name: capibara6-api", "app.kubernetes.io/name: other", "both ends of a way are open"],
        ["base/postgres/statefulset.yaml", "whenDeleted: Retain", "whenDeleted: Delete", "data stays when its server goes"],
        ["base/postgres/service.yaml", "clusterIP: None", "clusterIP: ''", "servers have a headless service"],
        ["base/postgres-backup/cronjob.yaml", "concurrencyPolicy: Forbid", "concurrencyPolicy: Allow", "databases are backed up"],
        ["base/postgres-restore/cronjob.yaml", "suspend: true", "suspend: false", "restores run only by hand"],
        ["base/namespace.yaml", "pod-security.kubernetes.io/enforce: restricted", "pod-security.kubernetes.io/enforce: baseline", "namespace enforces restricted, pinned"],
        ["components/ingress-nginx/capibara6-api.yaml", "limit-rps: \"20\"", "limit-rps: \"fast\"", "ingress: each address is limited"],
        ["components/ingress-nginx/capibara6-api.yaml", "path: /api", "path: /", "ingress: metrics stay inside"],
        ["components/ingress-nginx/capibara6-api.yaml", "limit-burst-multiplier", "limit-burst", "ingress: annotations exist"],
        ["components/ingress-nginx/issuers.yaml", "acme-staging-v02", "acme-v02", "Let's Encrypt, with a staging issuer"],
        ["components/keda/capibara6-worker.yaml", "pollingInterval: 10", "pollingInterval: 30", "workers follow the queue, or CPU and memory without KEDA"],
        ["components/keda/kustomization.yaml", "$patch: delete", "$patch: merge", "each service has one autoscaler"],
        ["components/external-secrets/capibara6-api.yaml", "secretKey: redis_password", "secretKey: redis", "templates use what they fetch"],
        ["components/monitoring/operator.yaml", "runbook_url", "runbook", "alerts say what to do"],
    ];

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
    public async Task Load_UnknownField_IsRefused()
    {
        var files = (await PublishedAppHost.GetAsync()).Kubernetes.ToDictionary(static pair => pair.Key, static pair => pair.Value);
        files["base/capibara6-api/service.yaml"] = files["base/capibara6-api/service.yaml"].Replace("type: ClusterIP", "typo: ClusterIP", StringComparison.Ordinal);

        Assert.ThrowsExactly<YamlDotNet.Core.YamlException>(() => ManifestSet.Load(files, "base"));
    }

    private static ManifestRule Find(string name) => ManifestRule.All.Single(rule => rule.Name == name);
}
