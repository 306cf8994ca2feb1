using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Tests.Hosting.Publishing;

[TestClass]
public sealed class ManifestTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Manifest_Dockerfile_IsAContainerWithBuild()
    {
        using var folder = new TemporaryFolder();
        var resources = await HostingTest.PublishAsync(
            builder => builder.AddDockerfile("app", folder.Path, "Dockerfile.app", "final")
                .WithBuildArg("VERSION", 2)
                .WithBuildSecret("TOKEN", builder.AddParameter("token", secret: true)),
            TestContext.CancellationToken);

        var app = resources["app"]!;
        Assert.AreEqual("container.v1", (string?)app["type"]);
        Assert.IsNull(app["image"]);
        Assert.EndsWith("Dockerfile.app", (string?)app["build"]!["dockerfile"]);
        Assert.AreEqual("final", (string?)app["build"]!["stage"]);
        Assert.AreEqual("2", (string?)app["build"]!["args"]!["VERSION"]);
        Assert.AreEqual("{token.value}", (string?)app["build"]!["secrets"]!["TOKEN"]!["value"]);
    }

    [TestMethod]
    public async Task Manifest_Ports_AreAllocatedOnceForAllResources()
    {
        var resources = await HostingTest.PublishAsync(
            builder =>
            {
                builder.AddProject("one", "One.csproj").WithHttpEndpoint(name: "admin");
                builder.AddProject("two", "Two.csproj").WithHttpEndpoint(name: "admin", port: 9000).WithHttpEndpoint(port: 8000);
                builder.AddContainer("three", "image").WithHttpEndpoint(port: 8080);
            },
            TestContext.CancellationToken);

        Assert.AreEqual(8000, (int?)resources["one"]!["bindings"]!["admin"]!["targetPort"]);
        Assert.AreEqual(8001, (int?)resources["two"]!["bindings"]!["admin"]!["targetPort"]);
        Assert.AreEqual(9000, (int?)resources["two"]!["bindings"]!["admin"]!["port"]);
        Assert.AreEqual(8000, (int?)resources["two"]!["bindings"]!["http"]!["port"]);
        Assert.IsNull(resources["two"]!["bindings"]!["http"]!["targetPort"]);
        Assert.AreEqual(8080, (int?)resources["three"]!["bindings"]!["http"]!["targetPort"]);
        Assert.IsNull(resources["three"]!["bindings"]!["http"]!["port"]);
    }

    [TestMethod]
    public async Task Manifest_PasswordOfOnesOwn_IsEncodedWhereAUriNeedsIt()
    {
        var resources = await HostingTest.PublishAsync(
            builder =>
            {
                var postgres = builder.AddPostgres("pg", builder.AddParameter("user"), builder.AddParameter("password", secret: true));
                builder.AddExecutable("tool", "run", ".").WithReference(postgres);
            },
            TestContext.CancellationToken);

        Assert.AreEqual(
            "postgresql://{user-uri-encoded.value}:{password-uri-encoded.value}@{pg.bindings.tcp.host}:{pg.bindings.tcp.port}",
            (string?)resources["tool"]!["env"]!["PG_URI"]);
        Assert.AreEqual("{password.value}", (string?)resources["password-uri-encoded"]!["value"]);
        Assert.AreEqual("{user.value}", (string?)resources["user-uri-encoded"]!["value"]);
        Assert.AreEqual("executable.v0", (string?)resources["tool"]!["type"]);
    }

    [TestMethod]
    public async Task Manifest_ResourcesOfOnesOwn_WriteThemselvesOrSayThatTheyCant()
    {
        var resources = await HostingTest.PublishAsync(
            builder =>
            {
                builder.AddResource(new Own("mute"));
                builder.AddResource(new Own("own")).WithManifestPublishingCallback(context => context.Writer.WriteString("type", "own.v0"));
                builder.AddResource(new Own("hidden")).ExcludeFromManifest();
                builder.AddExternalService("outside", "https://example.org");
                builder.AddConnectionString("built", ReferenceExpression.Create($"Key={builder.AddParameter("key")}"));
            },
            TestContext.CancellationToken);

        CollectionAssert.AreEqual(new[] { "mute", "own", "key", "built" }, resources.Select(resource => resource.Key).ToArray());
        Assert.IsNotNull(resources["mute"]!["error"]);
        Assert.AreEqual("own.v0", (string?)resources["own"]!["type"]);
        Assert.AreEqual("Key={key.value}", (string?)resources["built"]!["connectionString"]);
    }

    [TestMethod]
    public async Task Manifest_ConsoleProject_HasNoEndpoints()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("Job.csproj", """<Project Sdk="Microsoft.NET.Sdk" />""");

        var resources = await HostingTest.PublishAsync(builder => builder.AddProject("job", path), TestContext.CancellationToken);

        Assert.IsNull(resources["job"]!["bindings"]);
        Assert.IsNull(resources["job"]!["env"]!["HTTP_PORTS"]);
    }

    private sealed class Own(string name) : Resource(name);
}
