using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Capibara6.Core.Data;
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
    private static readonly string[] s_monitoring = ["prometheus", "grafana", "jaeger", "dashboard"];

    private static readonly string[] s_jobs = ["capibara6-worker-migrations", "postgres-backup", "postgres-restore", "timescaledb-backup", "timescaledb-restore"];

    private static readonly string[] s_services = ["capibara6-api", "capibara6-graphql", "capibara6-worker"];

    public TestContext TestContext { get; set; } = null!;

    /// <summary>A change to one file that opens, closes or misleads a way.</summary>
    public static IEnumerable<string[]> Drifts =>
    [
        ["a way that is closed at its start", "base/capibara6-api/networkpolicy.yaml", "app.kubernetes.io/name: redis", "app.kubernetes.io/name: other"],
        ["a way that is closed at its end", "base/redis/networkpolicy.yaml", "          app.kubernetes.io/name: capibara6-api", "          app.kubernetes.io/name: other"],
        ["a way to another port", "base/redis/networkpolicy.yaml", "port: 6379", "port: 6380"],
        ["a way that is opened at its start", "base/capibara6-api/networkpolicy.yaml", "\n  podSelector:\n", "\n  - ports:\n    - port: 8080\n      protocol: TCP\n    to:\n    - podSelector:\n        matchLabels:\n          app.kubernetes.io/name: capibara6-worker\n  podSelector:\n"],
        ["a way that is opened at its end", "base/postgres/networkpolicy.yaml", "  ingress:\n", "  ingress:\n  - from:\n    - podSelector:\n        matchLabels:\n          app.kubernetes.io/name: redis\n    ports:\n    - port: 5432\n      protocol: TCP\n"],
        ["an end that is open to all", "base/redis/networkpolicy.yaml", "  ingress:\n", "  ingress:\n  - from:\n    - podSelector: {}\n    ports:\n    - port: 6379\n      protocol: TCP\n"],
        ["a service that is gone", "base/redis/kustomization.yaml", "- service.yaml\n", ""],
        ["a service on another port", "base/redis/service.yaml", "port: 6379", "port: 6380"],
        ["a setting that is gone", "base/capibara6-api/kustomization.yaml", "  - Identity__Issuer=https://api.capibara6.example\n", ""],
        ["a setting that is a secret", "base/capibara6-api/kustomization.yaml", "  - OTEL_SERVICE_NAME=", "  - ConnectionStrings__redis=redis:6379\n  - OTEL_SERVICE_NAME="],
        ["a secret that is gone", "components/external-secrets/capibara6-graphql.yaml", "ConnectionStrings__metrics:", "ConnectionStrings__other:"],
        ["a secret of no parameter", "components/external-secrets/capibara6-worker.yaml", "key: capibara6/redis-password", "key: capibara6/redis-passwort"],
    ];

    [TestMethod]
    public async Task Model_EveryReference_HasItsWayServiceSettingAndSecretAndNoOtherWayIsOpen()
    {
        string[] violations = [.. Violations(await PublishedAppHost.GetAsync())];

        Assert.IsEmpty(violations, string.Join("; ", violations));
    }

    [TestMethod]
    [DynamicData(nameof(Drifts))]
    public async Task Drift_IsNoticed(string drift, string file, string text, string instead)
    {
        var published = await PublishedAppHost.GetAsync();
        var files = published.Kubernetes.ToDictionary(static pair => pair.Key, static pair => pair.Value);
        Assert.Contains(text, files[file], drift);
        files[file] = files[file].Replace(text, instead, StringComparison.Ordinal);

        Assert.IsNotEmpty(Violations(published with { Kubernetes = files }), drift);
    }

    /// <summary>Every replica at its largest, one more of each while rolling, two pools each, and some for migrations, backups and people.</summary>
    [TestMethod]
    public async Task Postgres_Connections_SufficeForEveryReplica()
    {
        var set = ManifestSet.Load((await PublishedAppHost.GetAsync()).Kubernetes, "base", "components/keda");
        var room = set.Containers.Single(static item => item.Pods.Name == "postgres").Container.Args
            .Single(static argument => argument.StartsWith("max_connections=", StringComparison.Ordinal));

        var replicas = s_services.Sum(name => set.ScalersOf(name).Single().Maximum + 1);

        Assert.IsGreaterThanOrEqualTo((replicas * 2 * DataServiceCollectionExtensions.PoolSize) + 15, int.Parse(room["max_connections=".Length..], CultureInfo.InvariantCulture));
    }

    private static IEnumerable<string> Violations(PublishedAppHost published) =>
        [.. Ways(published), .. Services(published), .. Settings(published), .. Secrets(published)];

    /// <summary>Both ends of each reference are open, and of nothing else.</summary>
    private static IEnumerable<string> Ways(PublishedAppHost published)
    {
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

        foreach (var (end, open) in new[] { ("both", OpenWays(set)), ("start", WaysOut(set)), ("end", WaysIn(set)) })
        {
            var found = open.ToHashSet();
            foreach (var way in expected.Except(found))
            {
                yield return $"{way} is closed ({end})";
            }

            foreach (var way in found.Except(expected))
            {
                yield return $"{way} is open without a reference ({end})";
            }
        }
    }

    [TestMethod]
    public async Task NetworkPolicies_WithMonitoring_AddOnlyScrapesAlertsTracesAndQueries()
    {
        var published = await PublishedAppHost.GetAsync();
        var without = OpenWays(ManifestSet.Load(published.Kubernetes, "base")).ToHashSet();
        var with = OpenWays(ManifestSet.Load(published.Kubernetes, "base", "components/monitoring")).ToHashSet();
        string[] services = ["capibara6-api", "capibara6-graphql", "capibara6-worker"];
        List<Way> expected =
        [
            .. services.Select(static service => new Way("prometheus", service)), .. services.Select(static service => new Way(service, "jaeger")),
            new("prometheus", "alertmanager"), new("grafana", "prometheus"), new("grafana", "jaeger"),
        ];

        with.ExceptWith(without);

        CollectionAssert.AreEquivalent(expected, with.ToList());
    }

    [TestMethod]
    public async Task NetworkPolicies_WayOutside_IsOnlyForThoseWhoCallModelsOrPeople()
    {
        var published = await PublishedAppHost.GetAsync();
        var set = ManifestSet.Load(published.Kubernetes, "base", "components/monitoring", "components/ingress-nginx", "components/keda");

        string[] outside =
        [
            .. set.Pods.Where(pods => NetworkRules.Egress(set, pods).Any(static rule => rule.To.Any(static peer => peer.IpBlock is not null)))
                .Select(static pods => pods.Name).Order(StringComparer.Ordinal),
        ];

        CollectionAssert.AreEqual(new[] { "alertmanager", "capibara6-api", "capibara6-graphql", "capibara6-worker" }, outside);
    }

    /// <summary>Who is referred to has a service, on the port that callers are let to.</summary>
    private static IEnumerable<string> Services(PublishedAppHost published)
    {
        var set = ManifestSet.Load(published.Kubernetes, "base", "components/monitoring");
        foreach (var way in References(published.Manifest))
        {
            var ports = set.Of<V1Service>().FirstOrDefault(service => service.Metadata.Name == way.To)?.Spec.Ports.Select(static port => $"{port.Port}").ToList();
            if (ports is null)
            {
                yield return $"{way}: no service";
            }
            else if (!set.Pods.Where(pods => Name(pods) == way.From).SelectMany(from => NetworkRules.Egress(set, from))
                .Any(rule => rule.To.Any(peer => peer.PodSelector?.MatchLabels?.Values.Contains(way.To) == true) && rule.Ports.All(port => ports.Contains(port.Port.Value))))
            {
                yield return $"{way}: the service's ports are {string.Join(' ', ports)}";
            }
        }
    }

    /// <summary>Every variable of the model is a setting or a secret, and what is made of a secret is no setting.</summary>
    private static IEnumerable<string> Settings(PublishedAppHost published)
    {
        var set = ManifestSet.Load(published.Kubernetes, "base", "components/monitoring", "components/aspire-dashboard", "components/external-secrets");
        foreach (var (resource, variable, value) in Variables(published.Manifest))
        {
            var plain = set.Of<V1ConfigMap>().FirstOrDefault(map => map.Metadata.Name == $"{resource}-env")?.Data.ContainsKey(variable) == true;
            var secret = set.Custom.Where(item => item.Kind == "ExternalSecret" && item.Name == $"{resource}-secrets")
                .Any(item => item.Find("target", "template", "data", variable) is not null);
            // TLS is ended in front of projects, so their second port isn't deployed.
            if ((plain || secret) == (variable == "HTTPS_PORTS"))
            {
                yield return $"{resource} {variable} is {(plain || secret ? "set" : "not set")}";
            }

            if (IsSecret(value, published.Manifest) && (plain || !secret))
            {
                yield return $"{resource} {variable} holds a secret";
            }
        }
    }

    private static List<string> Secrets(PublishedAppHost published)
    {
        using var manifest = JsonDocument.Parse(published.Manifest);
        var parameters = manifest.RootElement.GetProperty("resources").EnumerateObject()
            .Where(static resource => resource.Value.GetProperty("type").GetString() == "parameter.v0").Select(static resource => resource.Name).ToHashSet();
        var set = ManifestSet.Load(published.Kubernetes, "base", "components/external-secrets");
        var asked = set.Custom.SelectMany(static item => ((List<object>)item.Find("data")!).Cast<Dictionary<object, object>>())
            .Select(static data => ((string)((Dictionary<object, object>)data["remoteRef"])["key"])["capibara6/".Length..]).ToHashSet();
        return asked.Count == 0 ? ["no secret is asked for"] : asked.Except(parameters).Select(static name => $"{name} is no parameter").ToList();
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

    private static IEnumerable<Way> WaysOut(ManifestSet set) => set.Pods.SelectMany(from => NetworkRules.Egress(set, from)
        .SelectMany(rule => set.Pods.Where(to => rule.To.Any(peer => IsInside(peer, to)))).Select(to => new Way(Name(from), Name(to))));

    private static IEnumerable<Way> WaysIn(ManifestSet set) => set.Pods.SelectMany(to => NetworkRules.Own(set, to).SelectMany(static item => item.Spec.Ingress ?? [])
        .SelectMany(rule => set.Pods.Where(from => rule.FromProperty.Any(peer => IsInside(peer, from)))).Select(from => new Way(Name(from), Name(to))));

    private static bool IsInside(V1NetworkPolicyPeer peer, Pods pods) =>
        peer is { PodSelector: not null, NamespaceSelector: null } && ManifestSet.Matches(peer.PodSelector, pods.Labels);

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

    private sealed record Way(string From, string To)
    {
        public override string ToString() => $"{From} to {To}";
    }
}
