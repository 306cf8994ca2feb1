using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Tests.Hosting.ApplicationModel;

[TestClass]
public sealed class ReferenceTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task WithReference_Database_InjectsConnectionStringAndProperties()
    {
        await using var builder = HostingTest.RunMode("--Parameters:postgres_password=p@ss");
        var server = builder.AddPostgres("postgres");
        var consumer = builder.AddExecutable("tool", "true", ".").WithReference(server.AddDatabase("app-db", "app"));
        await using var application = await builder.BuildAsync(TestContext.CancellationToken);
        HostingTest.Allocate(server.Resource, 5001);

        var environment = (await HostingTest.ConfigurationAsync(application, consumer.Resource, TestContext.CancellationToken)).Environment;

        var expected = new Dictionary<string, string>
        {
            ["ConnectionStrings__app-db"] = "Host=localhost;Port=5001;Username=postgres;Password=p@ss;Database=app",
            ["APP_DB_HOST"] = "localhost",
            ["APP_DB_PORT"] = "5001",
            ["APP_DB_USERNAME"] = "postgres",
            ["APP_DB_PASSWORD"] = "p@ss",
            ["APP_DB_URI"] = "postgresql://postgres:p%40ss@localhost:5001/app",
            ["APP_DB_JDBCCONNECTIONSTRING"] = "jdbc:postgresql://localhost:5001/app",
            ["APP_DB_DATABASENAME"] = "app",
        };
        CollectionAssert.AreEquivalent(expected.ToArray(), environment.ToArray());
    }

    [TestMethod]
    public async Task WithReference_FromContainer_SeesTheHostThroughItsBridge()
    {
        await using var builder = HostingTest.RunMode();
        var api = builder.AddProject("api", "Api.csproj", launchProfileName: null).WithHttpEndpoint();
        var consumer = builder.AddContainer("proxy", "nginx").WithEnvironment("TARGET", api.GetEndpoint("http"));
        await using var application = await builder.BuildAsync(TestContext.CancellationToken);
        HostingTest.Allocate(api.Resource, 5001);

        var environment = (await HostingTest.ConfigurationAsync(application, consumer.Resource, TestContext.CancellationToken)).Environment;

        Assert.AreEqual("http://host.docker.internal:5001", environment["TARGET"]);
    }

    [TestMethod]
    public async Task WithReference_Endpoints_InjectsServiceDiscoveryOnceAndEndpointVariables()
    {
        await using var builder = HostingTest.RunMode();
        var api = builder.AddProject("my-api", "Api.csproj", launchProfileName: null)
            .WithHttpEndpoint().WithHttpsEndpoint().WithHttpEndpoint(name: "admin");
        var consumer = builder.AddExecutable("tool", "true", ".").WithReference(api).WithReference(api.GetEndpoint("http")).WithReference(api, "other");
        await using var application = await builder.BuildAsync(TestContext.CancellationToken);
        HostingTest.Allocate(api.Resource, 6001);

        var environment = (await HostingTest.ConfigurationAsync(application, consumer.Resource, TestContext.CancellationToken)).Environment;

        Assert.AreEqual("http://localhost:6001", environment["MY_API_HTTP"]);
        Assert.AreEqual("https://localhost:6002", environment["MY_API_HTTPS"]);
        Assert.AreEqual("http://localhost:6003", environment["MY_API_ADMIN"]);
        Assert.AreEqual("http://localhost:6001", environment["services__my-api__http__0"]);
        Assert.AreEqual("http://localhost:6003", environment["services__my-api__admin__0"]);
        Assert.AreEqual("http://localhost:6001", environment["services__other__http__0"]);
        Assert.AreEqual("http://localhost:6001", environment["other_HTTP"]);
        Assert.IsFalse(environment.ContainsKey("services__my-api__http__1"));
    }

    [TestMethod]
    public async Task WithReferenceEnvironment_ConnectionStringOnly_InjectsNothingElse()
    {
        await using var builder = HostingTest.RunMode("--ConnectionStrings:main=Server=x");
        var consumer = builder.AddExecutable("tool", "true", ".")
            .WithReference(builder.AddConnectionString("main"))
            .WithReference("outside", new Uri("http://example.org"))
            .WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString);
        await using var application = await builder.BuildAsync(TestContext.CancellationToken);

        var environment = (await HostingTest.ConfigurationAsync(application, consumer.Resource, TestContext.CancellationToken)).Environment;

        Assert.AreEqual("ConnectionStrings__main=Server=x", string.Join(' ', environment.Select(pair => pair.Key + "=" + pair.Value)));
    }

    [TestMethod]
    public async Task WithReference_MissingConnectionString_FailsUnlessOptional()
    {
        await using var builder = HostingTest.RunMode();
        var missing = builder.AddConnectionString("main");
        var optional = builder.AddExecutable("optional", "true", ".").WithReference(missing, optional: true);
        var needed = builder.AddExecutable("needed", "true", ".").WithReference(missing);
        await using var application = await builder.BuildAsync(TestContext.CancellationToken);

        Assert.IsEmpty((await HostingTest.ConfigurationAsync(application, optional.Resource, TestContext.CancellationToken)).Environment);
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => HostingTest.ConfigurationAsync(application, needed.Resource, TestContext.CancellationToken));
        Assert.Contains("ConnectionStrings:main", error.Message);
    }

    [TestMethod]
    public async Task Redis_TlsEnabled_ChangesTheConnectionString()
    {
        await using var builder = HostingTest.RunMode("--Parameters:redis_password=secret");
        var redis = builder.AddRedis("redis");
        HostingTest.Allocate(redis.Resource, 7001);

        Assert.AreEqual("localhost:7001,password=secret", await redis.Resource.GetConnectionStringAsync(TestContext.CancellationToken));
        redis.WithEndpoint("tcp", endpoint => endpoint.TlsEnabled = true);
        Assert.AreEqual("localhost:7001,password=secret,ssl=true", await redis.Resource.GetConnectionStringAsync(TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task WithEnvironment_InterpolatedString_KeepsBracesAndResolvesHoles()
    {
        await using var builder = HostingTest.RunMode("--Parameters:key=a b");
        var key = builder.AddParameter("key", secret: true);
        var consumer = builder.AddExecutable("tool", "true", ".").WithEnvironment("JSON", $"{{\"key\":\"{key:uri}\"}}").WithArgs("--key", key.Resource);
        await using var application = await builder.BuildAsync(TestContext.CancellationToken);

        var configuration = await HostingTest.ConfigurationAsync(application, consumer.Resource, TestContext.CancellationToken);

        Assert.AreEqual("{\"key\":\"a%20b\"}", configuration.Environment["JSON"]);
        Assert.AreEqual("a b", configuration.Arguments[1].Value);
        Assert.IsTrue(configuration.Arguments[1].IsSensitive);
        Assert.IsFalse(configuration.Arguments[0].IsSensitive);
    }
}
