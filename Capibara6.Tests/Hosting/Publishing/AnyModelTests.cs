using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Deployment;
using Capibara6.Hosting.Publishing.Kubernetes;

namespace Capibara6.Tests.Hosting.Publishing;

/// <summary>What Aspire's API put into a model of no relation to Capibara6 stands in the output.</summary>
[TestClass]
public sealed class AnyModelTests
{
    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Reference_ToAnEndpoint_GivesVariableAndBothEndsOfTheWay()
    {
        void Describe(IDistributedApplicationBuilder builder)
        {
            var rabbit = builder.AddRabbitMQ("mq");
            builder.AddContainer("web", "example.org/web", "1").WithReference(rabbit.GetEndpoint("tcp")).WithEnvironment("BROKER", rabbit.GetEndpoint("tcp"));
        }

        var files = await HostingTest.KubernetesAsync(Describe, Token);
        var compose = (await HostingTest.ComposeAsync(Describe, Token))["docker-compose.yaml"];

        Assert.Contains("BROKER=tcp://mq:5672", files["base/web/kustomization.yaml"]);
        Assert.Contains("services__mq__tcp__0=tcp://mq:5672", files["base/web/kustomization.yaml"]);
        Assert.Contains("port: 5672", files["base/web/networkpolicy.yaml"]);
        Assert.Contains("app.kubernetes.io/name: web", files["base/mq/networkpolicy.yaml"]);
        Assert.Contains("services__mq__tcp__0: tcp://mq:5672", compose);
    }

    [TestMethod]
    public async Task RabbitMq_WhichNobodyDescribed_IsAContainerWithItsSecretsAndPorts()
    {
        var files = await HostingTest.KubernetesAsync(static builder => builder.AddRabbitMQ("mq").WithDataVolume(), Token);
        var compose = await HostingTest.ComposeAsync(static builder => builder.AddRabbitMQ("mq").WithDataVolume(), Token);

        var pods = files["base/mq/statefulset.yaml"];
        Assert.Contains("containerPort: 5672", pods);
        Assert.Contains("key: RABBITMQ_DEFAULT_PASS", pods);
        Assert.Contains("tcpSocket", pods);
        Assert.Contains("RABBITMQ_DEFAULT_PASS", files["components/secret-files/mq.secrets.template"]);
        Assert.Contains("./secrets/mq/variables.secret", compose["docker-compose.yaml"]);
        Assert.DoesNotContain(":?", compose["docker-compose.yaml"], "secrets don't belong into .env");
        Assert.DoesNotContain("RABBITMQ", compose[".env.template"]);
        Assert.Contains("secrets/mq/variables.secret | `RABBITMQ_DEFAULT_PASS=", compose["secrets/README.md"]);
    }

    [TestMethod]
    public async Task Program_OfEveryKindOfResource_IsPublishedWhole()
    {
        static void Describe(IDistributedApplicationBuilder builder)
        {
            var database = builder.AddPostgres("db").WithDataVolume().AddDatabase("orders");
            var cache = builder.AddRedis("cache");
            var broker = builder.AddRabbitMQ("broker");
            builder.AddExecutable("watcher", "tail", ".", "-f", "/dev/null").ExcludeFromManifest();
            var shop = builder.AddProject("shop", Path.Combine(Repository.Root, "Capibara6.ModelEmulator", "Capibara6.ModelEmulator.csproj"))
                .WithReference(database).WithReference(cache).WithReference(broker);
            builder.AddContainer("web", "example.org/web", "1").WithHttpEndpoint(targetPort: 80).WithReference(shop.GetEndpoint("http"));
        }

        var files = await HostingTest.KubernetesAsync(Describe, Token, "--applicationName", "Shop.AppHost");
        var compose = (await HostingTest.ComposeAsync(Describe, Token))["docker-compose.yaml"];

        foreach (var name in new[] { "db", "cache", "broker", "shop", "web" })
        {
            Assert.IsTrue(files.ContainsKey($"base/{name}/networkpolicy.yaml"), name);
            Assert.Contains($"\n  {name}:\n", compose);
        }

        Assert.DoesNotContain("watcher", compose);
        foreach (var (target, port) in new[] { ("db", 5432), ("cache", 6379), ("broker", 5672) })
        {
            Assert.Contains($"port: {port}", files["base/shop/networkpolicy.yaml"]);
            Assert.Contains("app.kubernetes.io/name: shop", files[$"base/{target}/networkpolicy.yaml"]);
        }

        Assert.IsEmpty(files.Where(static file => file.Value.Contains("capibara6", StringComparison.OrdinalIgnoreCase)).Select(static file => file.Key), "nothing of ours");
    }

    [TestMethod]
    public async Task Container_OfWhichTheModelSaysNothing_IsAskedNothingOverHttp()
    {
        var files = await HostingTest.KubernetesAsync(static builder => builder.AddContainer("web", "example.org/web", "1").WithHttpEndpoint(targetPort: 80), Token);

        Assert.DoesNotContain("httpGet", files["base/web/deployment.yaml"]);
        Assert.Contains("tcpSocket", files["base/web/deployment.yaml"]);
    }

    [TestMethod]
    public async Task Probes_OfAspire_AreTakenAsTheyAre()
    {
        var files = await HostingTest.KubernetesAsync(
            static builder => builder.AddContainer("web", "example.org/web", "1").WithHttpEndpoint(targetPort: 80)
                .WithHttpHealthCheck("/ready").WithHttpProbe(ProbeType.Liveness, "/live", initialDelaySeconds: 7, periodSeconds: 11),
            Token);

        var pods = files["base/web/deployment.yaml"];
        Assert.MatchesRegex(new Regex(@"readinessProbe:\s+failureThreshold: 3\s+httpGet:\s+path: /(ready|live)"), pods);
        Assert.MatchesRegex(new Regex(@"livenessProbe:\s+failureThreshold: 3\s+httpGet:\s+path: /live\s+port: http\s+initialDelaySeconds: 7\s+periodSeconds: 11"), pods);
    }

    [TestMethod]
    public async Task Compose_TargetWithoutHealthCheck_IsWaitedForUntilItIsStarted()
    {
        var compose = await HostingTest.ComposeAsync(
            static builder =>
            {
                var target = builder.AddContainer("target", "example.org/target", "1").WithHttpEndpoint(targetPort: 80);
                builder.AddContainer("web", "example.org/web", "1").WaitFor(target);
            },
            Token);

        Assert.MatchesRegex(new Regex(@"target:\s+condition: service_started"), compose["docker-compose.yaml"]);
        Assert.DoesNotContain("service_healthy", compose["docker-compose.yaml"]);
    }

    [TestMethod]
    public async Task Images_WithShortNames_AreCompleted()
    {
        var files = await HostingTest.KubernetesAsync(
            static builder =>
            {
                builder.AddContainer("one", "nginx");
                builder.AddContainer("two", "grafana/grafana", "12");
                builder.AddContainer("three", "localhost:5000/own", "1");
            },
            Token);

        Assert.Contains("image: docker.io/library/nginx:latest", files["base/one/deployment.yaml"]);
        Assert.Contains("image: docker.io/grafana/grafana:12", files["base/two/deployment.yaml"]);
        Assert.Contains("image: localhost:5000/own:1", files["base/three/deployment.yaml"]);
    }

    [TestMethod]
    public async Task Pods_WhatTheirOperatorSays_StandsInThem()
    {
        var files = await HostingTest.KubernetesAsync(
            static builder => builder.AddPostgres("db").WithDataVolume().WithNodeSelector("disk", "ssd").WithToleration("dedicated", "db", "NoSchedule")
                .WithStorageClass("fast").WithExistingSecret("db-credentials").WithImagePullSecret("registry").WithPodLabel("team", "data")
                .WithContainerUser(null, writesToImage: true),
            Token);

        var pods = files["base/db/statefulset.yaml"];
        foreach (var said in new[]
        {
            "disk: ssd", "key: dedicated", "effect: NoSchedule", "storageClassName: fast", "secretName: db-credentials", "- name: registry", "team: data",
            "readOnlyRootFilesystem: false",
        })
        {
            Assert.Contains(said, pods);
        }

        Assert.DoesNotContain("runAsUser", pods);
        Assert.IsFalse(files.ContainsKey("components/external-secrets/db.yaml"), "the secret is there already");
    }

    [TestMethod]
    public async Task InitFiles_AreMountedWhereTheImageLooks()
    {
        using var folder = new TemporaryFolder();
        folder.Write("init/10-schema.sql", "CREATE TABLE a ();\n");

        var files = await HostingTest.KubernetesAsync(builder => builder.AddPostgres("db").WithInitFiles(folder.File("init")), Token);

        Assert.Contains("mountPath: /docker-entrypoint-initdb.d/10-schema.sql", files["base/db/deployment.yaml"]);
        Assert.AreEqual("CREATE TABLE a ();\n", files["base/db/files/docker-entrypoint-initdb.d-10-schema.sql"]);
    }

    [TestMethod]
    public async Task Executable_WithADockerfile_IsBuiltByCompose()
    {
        using var folder = new TemporaryFolder();
        folder.Write("app/Dockerfile", "FROM scratch\n");

        var compose = await HostingTest.ComposeAsync(
            builder => builder.AddExecutable("tool", "node", folder.File("app"), "index.js").PublishAsDockerFile(), Token, "--Publishing:ImageRegistry=registry.example.org");

        Assert.Contains("image: registry.example.org/tool:", compose["docker-compose.yaml"]);
        Assert.Contains("dockerfile: Dockerfile", compose["docker-compose.yaml"]);
    }

    [TestMethod]
    public async Task Volume_WithoutNameAndSize_IsWarnedOfByName()
    {
        using var folder = new TemporaryFolder();
        using var log = new LogRecorder();

        await HostingTest.PublishAsync(
            new KubernetesPublisher(), folder.File("out"), static builder => builder.AddContainer("web", "example.org/web", "1").WithVolume("/data"), Token, log.CreateLogger("test"));

        Assert.Contains("Resource 'web': the volume at /data has no name", string.Join('\n', log.Entries.Select(static entry => entry.Message)));
    }

    [TestMethod]
    public async Task Overlay_WithAMinimumAboveItsMaximum_LeavesTheMinimum()
    {
        var files = await HostingTest.KubernetesAsync(
            static builder => builder.AddContainer("web", "example.org/web", "1").WithHttpEndpoint(targetPort: 80).WithAutoscaling(min: 5, max: 9), Token);

        Assert.MatchesRegex(new Regex(@"path: /spec/maxReplicas\s+value: 5"), files["overlays/development/kustomization.yaml"]);
    }

    [TestMethod]
    public async Task Connections_FollowTheReplicasOfWhoRefers()
    {
        var files = await HostingTest.KubernetesAsync(
            static builder =>
            {
                var server = builder.AddPostgres("db").WithRoomForConnections(perReplica: 10);
                builder.AddContainer("web", "example.org/web", "1").WithReference(server.AddDatabase("app")).WithAutoscaling(2, 20).WithReplicaCount("REPLICAS");
            },
            Token);

        Assert.Contains("max_connections=230", files["base/db/deployment.yaml"]);
        Assert.Contains("REPLICAS=2", files["base/web/kustomization.yaml"]);
    }
}
