using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Tests.Hosting.Publishing;

[TestClass]
public sealed class ManifestEndpointTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Project_TargetPortGiven_IsSharedByTheDefaultHttpsEndpoint()
    {
        var resources = await HostingTest.PublishAsync(
            builder => builder.AddProject("api", "Api.csproj").WithHttpEndpoint(targetPort: 5000).AsHttp2Service(), TestContext.CancellationToken);

        var bindings = resources["api"]!["bindings"]!;
        Assert.AreEqual(5000, (int?)bindings["http"]!["targetPort"]);
        Assert.AreEqual(5000, (int?)bindings["https"]!["targetPort"]);
        Assert.AreEqual("http2", (string?)bindings["http"]!["transport"]);
        Assert.AreEqual("{api.bindings.http.targetPort}", (string?)resources["api"]!["env"]!["HTTP_PORTS"]);
        Assert.IsNull(resources["api"]!["env"]!["HTTPS_PORTS"]);
    }

    [TestMethod]
    public async Task Executable_EndpointWithVariable_GetsAPort()
    {
        var resources = await HostingTest.PublishAsync(
            builder => builder.AddExecutable("web", "node", ".", "index.js").WithHttpEndpoint(env: "PORT"), TestContext.CancellationToken);

        Assert.AreEqual("{web.bindings.http.targetPort}", (string?)resources["web"]!["env"]!["PORT"]);
        Assert.AreEqual(8000, (int?)resources["web"]!["bindings"]!["http"]!["targetPort"]);
    }

    [TestMethod]
    public async Task Project_PublishedAsDockerFile_KeepsItsPlaceAndReferences()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("Api/Api.csproj", """<Project Sdk="Microsoft.NET.Sdk.Web" />""");

        var resources = await HostingTest.PublishAsync(
            builder =>
            {
                var api = builder.AddProject("api", path).PublishAsDockerFile(container => container.WithBuildArg("X", true)).WithEnvironment("LATER", "1");
                builder.AddContainer("proxy", "nginx").WithEnvironment("API", api.GetEndpoint("http"));
            },
            TestContext.CancellationToken);

        CollectionAssert.AreEqual(new[] { "api", "proxy" }, resources.Select(resource => resource.Key).ToArray());
        Assert.AreEqual("container.v1", (string?)resources["api"]!["type"]);
        Assert.AreEqual("true", (string?)resources["api"]!["build"]!["args"]!["X"]);
        Assert.AreEqual("1", (string?)resources["api"]!["env"]!["LATER"]);
        Assert.AreEqual(8080, (int?)resources["api"]!["bindings"]!["http"]!["targetPort"]);
        Assert.AreEqual("{api.bindings.http.url}", (string?)resources["proxy"]!["env"]!["API"]);
    }

    [TestMethod]
    public async Task Tools_AreNotPublished()
    {
        var resources = await HostingTest.PublishAsync(
            builder =>
            {
                builder.AddPostgres("pg").WithPgAdmin(tool => tool.WithHostPort(5050)).WithPgWeb();
                builder.AddRedis("cache").WithRedisInsight().WithRedisCommander();
            },
            TestContext.CancellationToken);

        Assert.IsFalse(resources.Any(resource => resource.Key is "pgadmin" or "pgweb" or "redisinsight" or "rediscommander"));
    }

    [TestMethod]
    public async Task Values_OfAModel_CanBeReadWithoutRunningIt()
    {
        await using var builder = HostingTest.RunMode("--Parameters:key=secret");
        var tool = builder.AddExecutable("tool", "true", ".", "--flag").WithEnvironment("KEY", builder.AddParameter("key"));

        var run = await tool.Resource.GetEnvironmentVariableValuesAsync();
        var publish = await tool.Resource.GetEnvironmentVariableValuesAsync(DistributedApplicationOperation.Publish);

        Assert.AreEqual("secret", run["KEY"]);
        Assert.AreEqual("{key.value}", publish["KEY"]);
        CollectionAssert.AreEqual(new[] { "--flag" }, await tool.Resource.GetArgumentValuesAsync());
    }

    [TestMethod]
    public async Task ContainerFiles_MadeByTheProgram_SayThatTheyAreNotSupported()
    {
        await using var builder = HostingTest.RunMode();
        var container = builder.AddContainer("one", "image");

        var error = Assert.Throws<NotSupportedException>(() => container.WithContainerFiles("/etc", [new ContainerFile { Name = "a", Contents = "b" }]));

        Assert.Contains("'one'", error.Message);
    }
}
