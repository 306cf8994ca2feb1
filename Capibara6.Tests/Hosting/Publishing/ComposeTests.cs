using System.Text.RegularExpressions;

namespace Capibara6.Tests.Hosting.Publishing;

[TestClass]
public sealed partial class ComposeTests
{
    private static readonly string[] s_wanted =
        ["capibara6-api", "capibara6-graphql", "capibara6-worker", "postgres", "timescaledb", "redis", "nginx", "prometheus", "grafana", "jaeger"];

    [TestMethod]
    public async Task Services_OfTheSystem_AreAllThere()
    {
        var document = await ReadAsync();

        Assert.IsEmpty(s_wanted.Except(document.Services.Keys));
    }

    [TestMethod]
    public async Task Services_Hardening_IsComplete()
    {
        foreach (var (name, service) in (await ReadAsync()).Services)
        {
            Assert.AreEqual("true", service.Fields["read_only"], name);
            CollectionAssert.AreEqual(new object[] { "ALL" }, service.List("cap_drop").ToList(), name);
            CollectionAssert.AreEqual(new object[] { "no-new-privileges:true" }, service.List("security_opt").ToList(), name);
            Assert.IsNotNull(((Dictionary<object, object>)((Dictionary<object, object>)service.Map("deploy")["resources"])["limits"])["memory"], name);
            Assert.IsTrue(service.Fields.ContainsKey("restart"), name);
            Assert.IsFalse(service.Fields.ContainsKey("container_name"), $"{name}: a fixed name can't be scaled");
        }
    }

    [TestMethod]
    public async Task Services_ThatDropRoot_GetTheirSignalsThemselves()
    {
        foreach (var (name, service) in (await ReadAsync()).Services.Where(static service => service.Value.Fields["restart"] is not "no"))
        {
            Assert.AreEqual(service.List("cap_add").Contains("SETUID") ? "false" : "true", service.Fields["init"], name);
        }
    }

    [TestMethod]
    public async Task Services_ThatOthersWaitFor_SayWhetherTheyAreHealthy()
    {
        var document = await ReadAsync();
        foreach (var (name, service) in document.Services)
        {
            foreach (var (target, condition) in service.Map("depends_on"))
            {
                var text = (string)((Dictionary<object, object>)condition)["condition"];
                Assert.AreNotEqual("service_started", text, name);
                Assert.IsTrue(
                    text != "service_healthy" || document.Services[(string)target].Fields.ContainsKey("healthcheck"), $"{name} waits for {target}, which has no health check");
            }
        }
    }

    [TestMethod]
    public async Task Ports_Published_AreNginxsAlone()
    {
        var document = await ReadAsync();

        CollectionAssert.AreEqual(new[] { "nginx" }, document.Services.Where(static service => service.Value.Fields.ContainsKey("ports")).Select(static service => service.Key).ToList());
    }

    [TestMethod]
    public async Task Networks_ButTwo_AreInternal()
    {
        var networks = ((Dictionary<object, object>)(await ReadAsync()).Fields["networks"])
            .Where(static network => ((Dictionary<object, object>)network.Value)["internal"] is not "true").Select(static network => (string)network.Key);

        CollectionAssert.AreEquivalent(new[] { "edge", "outbound" }, networks.ToList());
    }

    [TestMethod]
    public async Task References_SecretsConfigsNetworksVolumes_AreDeclaredAndUsed()
    {
        var document = await ReadAsync();
        var services = document.Services.Values.ToList();

        CollectionAssert.AreEquivalent(document.Names("secrets").ToList(), services.SelectMany(static service => service.Sources("secrets")).Distinct().ToList());
        CollectionAssert.AreEquivalent(document.Names("configs").ToList(), services.SelectMany(static service => service.Sources("configs")).Distinct().ToList());
        CollectionAssert.AreEquivalent(document.Names("networks").ToList(), services.SelectMany(static service => service.Networks).Distinct().ToList());
        CollectionAssert.AreEquivalent(
            document.Names("volumes").ToList(), services.SelectMany(static service => service.List("volumes")).Cast<string>().Select(static volume => volume.Split(':')[0]).Distinct().ToList());
    }

    [TestMethod]
    public async Task Volumes_OfServers_AreTheirOwn()
    {
        var shared = (await ReadAsync()).Services
            .SelectMany(static service => service.Value.List("volumes").Cast<string>(), static (service, volume) => (service.Key, Volume: volume.Split(':')[0]))
            .GroupBy(static mount => mount.Volume, static mount => mount.Key).Where(static group => group.Count() > 1)
            .Select(static group => group.Key).Order(StringComparer.Ordinal).ToList();

        CollectionAssert.AreEqual(new[] { "postgres-backups", "timescaledb-backups" }, shared);
    }

    [TestMethod]
    public async Task Restart_OfJobs_IsTheWordNo() =>
        Assert.Contains("restart: \"no\"", (await PublishedAppHost.GetAsync()).Compose["docker-compose.yaml"]);

    [TestMethod]
    public async Task Files_ThatAreMounted_ArePublished()
    {
        var published = (await PublishedAppHost.GetAsync()).Compose;
        var document = ComposeDocument.Parse(published["docker-compose.yaml"]);

        foreach (var config in ((Dictionary<object, object>)document.Fields["configs"]).Values.Cast<Dictionary<object, object>>())
        {
            Assert.IsTrue(published.ContainsKey(((string)config["file"])[2..]), (string)config["file"]);
        }
    }

    [TestMethod]
    public async Task Environment_Secrets_AreFiles()
    {
        foreach (var (name, service) in (await ReadAsync()).Services)
        {
            foreach (var (variable, value) in service.Map("environment"))
            {
                Assert.IsFalse(
                    SecretName().IsMatch((string)variable) && !((string)variable).EndsWith("_FILE", StringComparison.Ordinal), $"{name} {variable}");
                Assert.DoesNotContain("Password=", (string)value, $"{name} {variable}");
            }
        }
    }

    [TestMethod]
    public async Task Monitoring_Services_AreAProfile()
    {
        var document = await ReadAsync();

        foreach (var name in new[] { "prometheus", "grafana", "jaeger" })
        {
            CollectionAssert.AreEqual(new object[] { "monitoring" }, document.Services[name].List("profiles").ToList());
        }
    }

    /// <summary>PostgreSQL's entry point alone starts as root and has to make its folder its own; all else has no capability at all.</summary>
    [TestMethod]
    public async Task Capabilities_AddedToPostgresOnly()
    {
        var document = await ReadAsync();

        CollectionAssert.AreEquivalent(
            new[] { "postgres", "timescaledb" }, document.Services.Where(static service => service.Value.Fields.ContainsKey("cap_add")).Select(static service => service.Key).ToList());
        Assert.AreEqual("redis", document.Services["redis"].Fields["user"]);
    }

    [TestMethod]
    public async Task Nginx_Configuration_LeadsToPublishedPathsOnly()
    {
        var configuration = (await PublishedAppHost.GetAsync()).Compose["config/nginx/nginx.conf"];

        Assert.Contains("server_name api.*;", configuration);
        Assert.Contains("location /graphql {", configuration);
        Assert.DoesNotContain("location /metrics", configuration);
        Assert.AreEqual(configuration.Count(static character => character == '{'), configuration.Count(static character => character == '}'));
    }

    private static async Task<ComposeDocument> ReadAsync() => ComposeDocument.Parse((await PublishedAppHost.GetAsync()).Compose["docker-compose.yaml"]);

    [GeneratedRegex("(PASSWORD|SECRET|TOKEN|API_?KEY)", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
