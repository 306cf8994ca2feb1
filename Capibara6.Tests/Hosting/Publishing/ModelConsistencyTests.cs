using System.Text.Json;
using System.Text.RegularExpressions;
using Capibara6.Tests.Hosting.Publishing.Rules;
using k8s.Models;

namespace Capibara6.Tests.Hosting.Publishing;

/// <summary>
/// The Aspire manifest of the same model is the witness: every reference in it has its way, its service, its setting and its
/// secret in Kubernetes, and no other way is open.
/// </summary>
[TestClass]
public sealed partial class ModelConsistencyTests
{
    private static readonly string[] s_monitoring = ["prometheus", "grafana", "jaeger"];

    private static readonly string[] s_jobs = ["capibara6-worker-migrations", "postgres-backup", "postgres-restore", "timescaledb-backup", "timescaledb-restore"];

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task NetworkPolicies_WaysBetweenWorkloads_AreTheReferencesOfTheModel()
    {
        var published = await PublishedAppHost.GetAsync();
        var set = ManifestSet.Load(published.Kubernetes, "base");
        var expected = References(published.Manifest).Where(static way => !s_monitoring.Contains(way.From) && !s_monitoring.Contains(way.To)).ToHashSet();
        foreach (var way in expected.Where(static way => way.From == "capibara6-worker").ToList())
        {
            expected.Add(way with { From = "capibara6-worker-migrations" });
        }

        foreach (var server in new[] { "postgres", "timescaledb" })
        {
            expected.Add(new Way($"{server}-backup", server));
            expected.Add(new Way($"{server}-restore", server));
        }

        CollectionAssert.AreEquivalent(expected.ToList(), OpenWays(set).ToList());
    }

    [TestMethod]
    public async Task NetworkPolicies_WithMonitoring_AddOnlyScrapesTracesAndQueries()
    {
        var published = await PublishedAppHost.GetAsync();
        var without = OpenWays(ManifestSet.Load(published.Kubernetes, "base")).ToHashSet();
        var with = OpenWays(ManifestSet.Load(published.Kubernetes, "base", "components/monitoring")).ToHashSet();
        string[] services = ["capibara6-api", "capibara6-graphql", "capibara6-worker"];
        List<Way> expected =
        [
            .. services.Select(static service => new Way("prometheus", service)), .. services.Select(static service => new Way(service, "jaeger")),
            new("grafana", "prometheus"), new("grafana", "jaeger"),
        ];

        with.ExceptWith(without);

        CollectionAssert.AreEquivalent(expected, with.ToList());
    }

    [TestMethod]
    public async Task NetworkPolicies_WayOutside_IsOnlyForThoseWhoCallModels()
    {
        var published = await PublishedAppHost.GetAsync();
        var set = ManifestSet.Load(published.Kubernetes, "base", "components/monitoring", "components/ingress-nginx", "components/keda");

        string[] outside =
        [
            .. set.Pods.Where(pods => NetworkRules.Egress(set, pods).Any(static rule => rule.To.Any(static peer => peer.IpBlock is not null)))
                .Select(static pods => pods.Name).Order(StringComparer.Ordinal),
        ];

        CollectionAssert.AreEqual(new[] { "capibara6-api", "capibara6-graphql", "capibara6-worker" }, outside);
    }

    [TestMethod]
    public async Task Services_ReferencedEndpoints_AreServed()
    {
        var published = await PublishedAppHost.GetAsync();
        var set = ManifestSet.Load(published.Kubernetes, "base", "components/monitoring");

        foreach (var way in References(published.Manifest))
        {
            Assert.IsTrue(set.Of<V1Service>().Any(service => service.Metadata.Name == way.To), $"{way.From} refers to {way.To}, which has no service");
        }
    }

    [TestMethod]
    public async Task Settings_EveryVariableOfTheModel_IsASettingOrASecret()
    {
        var published = await PublishedAppHost.GetAsync();
        var set = ManifestSet.Load(published.Kubernetes, "base", "components/monitoring", "components/external-secrets");
        foreach (var (resource, variable, value) in Variables(published.Manifest))
        {
            var plain = set.Of<V1ConfigMap>().FirstOrDefault(map => map.Metadata.Name == $"{resource}-env")?.Data.ContainsKey(variable) == true;
            var secret = set.Custom.Where(item => item.Kind == "ExternalSecret" && item.Name == $"{resource}-secrets")
                .Any(item => item.Find("target", "template", "data", variable) is not null);
            // TLS is ended in front of projects, so their second port isn't deployed.
            Assert.AreEqual(variable != "HTTPS_PORTS", plain || secret, $"{resource} {variable}");
            if (IsSecret(value, published.Manifest))
            {
                Assert.IsTrue(secret && !plain, $"{resource} {variable} holds a secret");
            }
        }
    }

    [TestMethod]
    public async Task Secrets_EveryParameterOfTheStore_IsAParameterOfTheModel()
    {
        var published = await PublishedAppHost.GetAsync();
        using var manifest = JsonDocument.Parse(published.Manifest);
        var parameters = manifest.RootElement.GetProperty("resources").EnumerateObject()
            .Where(static resource => resource.Value.GetProperty("type").GetString() == "parameter.v0").Select(static resource => resource.Name).ToHashSet();
        var set = ManifestSet.Load(published.Kubernetes, "base", "components/external-secrets");

        var asked = set.Custom.SelectMany(static item => ((List<object>)item.Find("data")!).Cast<Dictionary<object, object>>())
            .Select(static data => ((string)((Dictionary<object, object>)data["remoteRef"])["key"])["capibara6/".Length..]).ToHashSet();

        Assert.IsEmpty(asked.Except(parameters));
        Assert.IsNotEmpty(asked);
    }

    [TestMethod]
    public async Task Compose_Networks_JoinOnlyThoseWhoTalk()
    {
        var published = await PublishedAppHost.GetAsync();
        var services = ComposeDocument.Parse(published.Compose["docker-compose.yaml"]);
        var references = References(published.Manifest);

        foreach (var database in new[] { "postgres", "timescaledb", "redis" })
        {
            foreach (var (name, service) in services.Services.Where(service => service.Key != database && service.Value.Networks.Intersect(services.Services[database].Networks).Any()))
            {
                Assert.IsTrue(
                    s_jobs.Contains(name) || references.Contains(new Way(name, database)), $"{name} shares a network with {database} and has no reference to it");
                Assert.Contains(database, service.Networks);
            }
        }
    }

    private static IEnumerable<Way> OpenWays(ManifestSet set) => set.Pods.SelectMany(from => NetworkRules.Egress(set, from)
        .SelectMany(rule => set.Pods.Where(to => rule.To.Any(peer =>
                peer is { PodSelector: not null, NamespaceSelector: null } && ManifestSet.Matches(peer.PodSelector, to.Labels))
            && rule.Ports.Any(port => NetworkRules.IsOpen(set, from, to, port.Port.Value))))
        .Select(to => new Way(Name(from), Name(to)))).Distinct();

    /// <summary>A job's name ends in a fingerprint; its label doesn't.</summary>
    private static string Name(Pods pods) => pods.Labels["app.kubernetes.io/name"];

    private static HashSet<Way> References(string json)
    {
        using var manifest = JsonDocument.Parse(json);
        var resources = manifest.RootElement.GetProperty("resources");
        return [.. Variables(json).SelectMany(variable => Endpoints(variable.Value, resources), static (variable, to) => new Way(variable.Resource, to))
            .Where(static way => way.From != way.To)];
    }

    private static IEnumerable<(string Resource, string Variable, string Value)> Variables(string json)
    {
        using var manifest = JsonDocument.Parse(json);
        return [.. manifest.RootElement.GetProperty("resources").EnumerateObject()
            .Where(static resource => resource.Value.TryGetProperty("env", out _))
            .SelectMany(static resource => resource.Value.GetProperty("env").EnumerateObject(),
                static (resource, variable) => (resource.Name, variable.Name, variable.Value.GetString()!))];
    }

    /// <summary>The resources whose endpoints a value names, through the connection strings that it is made of.</summary>
    private static IEnumerable<string> Endpoints(string value, JsonElement resources)
    {
        foreach (Match match in Expression().Matches(value))
        {
            if (match.Groups[2].Value.StartsWith("bindings.", StringComparison.Ordinal))
            {
                yield return match.Groups[1].Value;
            }
            else if (match.Groups[2].Value == "connectionString")
            {
                foreach (var endpoint in Endpoints(resources.GetProperty(match.Groups[1].Value).GetProperty("connectionString").GetString()!, resources))
                {
                    yield return endpoint;
                }
            }
        }
    }

    private static bool IsSecret(string value, string json)
    {
        using var manifest = JsonDocument.Parse(json);
        return IsSecret(value, manifest.RootElement.GetProperty("resources"));
    }

    private static bool IsSecret(string value, JsonElement resources) => Expression().Matches(value).Any(match =>
        resources.TryGetProperty(match.Groups[1].Value, out var resource)
        && (resource.TryGetProperty("inputs", out var inputs) && inputs.GetProperty("value").TryGetProperty("secret", out _)
            || (match.Groups[2].Value == "connectionString" && IsSecret(resource.GetProperty("connectionString").GetString()!, resources))));

    [GeneratedRegex(@"\{([A-Za-z0-9-]+)\.([A-Za-z0-9.-]+)\}")]
    private static partial Regex Expression();

    private sealed record Way(string From, string To);
}
