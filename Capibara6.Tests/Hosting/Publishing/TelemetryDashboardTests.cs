using k8s.Models;

namespace Capibara6.Tests.Hosting.Publishing;

/// <summary>Aspire's dashboard, where a deployment takes it: never without its keys, and reached by the services alone.</summary>
[TestClass]
public sealed class TelemetryDashboardTests
{
    private const string Dashboard = "dashboard";
    private const string Component = "components/aspire-dashboard";

    private static readonly string[] s_services = ["capibara6-api", "capibara6-graphql", "capibara6-worker"];

    [TestMethod]
    public async Task Overlays_WithoutTheComponent_DoNotRunIt()
    {
        var files = (await PublishedAppHost.GetAsync()).Kubernetes;

        Assert.IsFalse(ManifestSet.Load(files, "base", "components/monitoring").Pods.Any(static pods => pods.Name == Dashboard));
        Assert.IsFalse(files.Where(static file => file.Key.StartsWith("overlays/", StringComparison.Ordinal)).Any(static file => file.Value.Contains("aspire-dashboard", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task Dashboard_Settings_AskForKeyAndToken()
    {
        var set = await LoadAsync();
        var settings = set.Of<V1ConfigMap>().Single(static map => map.Metadata.Name == $"{Dashboard}-env").Data;

        Assert.AreEqual("BrowserToken", settings["DASHBOARD__FRONTEND__AUTHMODE"]);
        Assert.AreEqual("ApiKey", settings["DASHBOARD__OTLP__AUTHMODE"]);
        Assert.AreEqual("Warning", settings["LOGGING__LOGLEVEL__ASPIRE"], "what it says at the start has the token in it");
        Assert.AreEqual("/run/secrets", settings["ASPIRE_DASHBOARD_FILE_CONFIG_DIRECTORY"]);
        Assert.IsFalse(settings.Any(static setting => setting.Key.Contains("ANONYMOUS", StringComparison.Ordinal) || setting.Value == "Unsecured"));
        Assert.IsFalse(settings.Keys.Any(static key => key.EndsWith("TOKEN", StringComparison.Ordinal) || key.EndsWith("APIKEY", StringComparison.Ordinal)));
        var template = (await PublishedAppHost.GetAsync()).Kubernetes[$"components/secret-files/{Dashboard}.secrets.template"];
        Assert.Contains("DASHBOARD__FRONTEND__BROWSERTOKEN=<dashboard-token>", template);
        Assert.Contains("DASHBOARD__OTLP__PRIMARYAPIKEY=<dashboard-key>", template);
        Assert.Contains("OTEL_EXPORTER_OTLP_HEADERS=x-otlp-api-key=<dashboard-key>", template);
    }

    [TestMethod]
    public async Task Dashboard_Pod_IsRestrictedAndAsked()
    {
        var pods = (await LoadAsync()).Pods.Single(static pods => pods.Name == Dashboard);
        var container = pods.Spec.Containers.Single();

        Assert.IsTrue(pods.Spec.SecurityContext.RunAsNonRoot);
        Assert.IsTrue(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.IsFalse(container.SecurityContext.AllowPrivilegeEscalation);
        CollectionAssert.AreEqual(new[] { "ALL" }, container.SecurityContext.Capabilities.Drop.ToList());
        Assert.IsTrue(container.VolumeMounts.Any(static mount => mount.MountPath == "/tmp" && mount.ReadOnlyProperty is not true));
        Assert.AreEqual("/health", container.ReadinessProbe.HttpGet.Path);
        Assert.IsNotNull(container.LivenessProbe);
    }

    [TestMethod]
    public async Task Dashboard_NetworkPolicies_LetTheServicesInAndNobodyElse()
    {
        var policies = (await LoadAsync()).Of<V1NetworkPolicy>().ToList();
        var rules = policies.Where(static policy => ManifestSet.Matches(policy.Spec.PodSelector, new Dictionary<string, string> { ["app.kubernetes.io/name"] = Dashboard }))
            .SelectMany(static policy => policy.Spec.Ingress ?? []).ToList();

        CollectionAssert.AreEquivalent(s_services, rules.SelectMany(static rule => rule.FromProperty).Select(static peer => peer.PodSelector.MatchLabels["app.kubernetes.io/name"]).ToList());
        Assert.IsTrue(rules.All(static rule => rule.Ports.Single().Port.Value == "18889"));
        foreach (var service in s_services)
        {
            Assert.IsTrue(policies.Single(policy => policy.Metadata.Name == $"{service}-telemetry").Spec.Egress.Single().Ports.Single().Port.Value == "18889", service);
        }
    }

    [TestMethod]
    public async Task Services_WithTheComponent_SendAllSignalsWithTheKeyAsASecret()
    {
        var patches = (await LoadAsync()).Patches.ToList();
        foreach (var service in s_services)
        {
            var patch = patches.Single(patch => patch.Contains($"name: {service}\n", StringComparison.Ordinal) && patch.Contains("18889", StringComparison.Ordinal));
            Assert.Contains($"value: 'http://{Dashboard}:18889'", patch);
            Assert.Contains("secretKeyRef", patch);
            Assert.AreEqual(2, patch.Split("value: otlp").Length - 1, "logs and metrics beside the traces");
        }
    }

    [TestMethod]
    public async Task Compose_Dashboard_HasTheMonitoringProfileAndFilesForItsSecrets()
    {
        var document = ComposeDocument.Parse((await PublishedAppHost.GetAsync()).Compose["docker-compose.yaml"]);
        var dashboard = document.Services[Dashboard];

        CollectionAssert.AreEqual(new object[] { "monitoring" }, dashboard.List("profiles").ToList());
        Assert.IsFalse(dashboard.Fields.ContainsKey("ports"));
        CollectionAssert.AreEquivalent(
            new[] { $"{Dashboard}-DASHBOARD__FRONTEND__BROWSERTOKEN", $"{Dashboard}-DASHBOARD__OTLP__PRIMARYAPIKEY", $"{Dashboard}-OTEL_EXPORTER_OTLP_HEADERS" },
            dashboard.Sources("secrets").ToList());
        foreach (var service in s_services)
        {
            Assert.Contains($"{Dashboard}-OTEL_EXPORTER_OTLP_HEADERS", document.Services[service].Sources("secrets"));
            Assert.IsNotEmpty(document.Services[service].Networks.Intersect(dashboard.Networks));
        }
    }

    private static async Task<ManifestSet> LoadAsync() => ManifestSet.Load((await PublishedAppHost.GetAsync()).Kubernetes, "base", Component);
}
