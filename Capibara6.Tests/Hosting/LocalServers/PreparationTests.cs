using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Tests.Hosting.LocalServers;

/// <summary>What a server without a container can't do is refused by name, and what a user can put right is said before anything starts.</summary>
[TestClass]
public sealed class PreparationTests
{
    private readonly TemporaryFolder _folder = new();

    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestCleanup]
    public void DeleteFolder() => _folder.Dispose();

    [TestMethod]
    public async Task Postgres_WithInitFiles_IsRefused()
    {
        _folder.Write("init.sql", "SELECT 1");
        var builder = LocalRun.Create();
        builder.AddPostgres("db", password: LocalRun.Secret(builder)).WithInitFiles(_folder.Path);

        StringAssert.Contains(await LocalRun.FailsAsync(builder, Token), "'db' puts files into /docker-entrypoint-initdb.d, which only its container can have.");
    }

    [TestMethod]
    public async Task Postgres_WithForeignArgument_IsRefused()
    {
        var builder = LocalRun.Create();
        builder.AddPostgres("db", password: LocalRun.Secret(builder)).WithArgs("--single");

        StringAssert.Contains(await LocalRun.FailsAsync(builder, Token), "'db' has the argument --single, which only its container can have.");
    }

    [TestMethod]
    public async Task Postgres_WithUnknownSetting_IsRefusedInItsWords()
    {
        var builder = LocalRun.Create();
        builder.AddPostgres("db", password: LocalRun.Secret(builder)).WithArgs("-c", "shared_bufers=1GB");

        StringAssert.Contains(await LocalRun.FailsAsync(builder, Token), "shared_bufers");
    }

    [TestMethod]
    public async Task Redis_WithArgument_IsRefused()
    {
        var builder = LocalRun.Create();
        builder.AddRedis("cache", password: LocalRun.Secret(builder)).WithArgs("--maxclients", "10");

        StringAssert.Contains(await LocalRun.FailsAsync(builder, Token), "'cache' has the argument --maxclients, which only its container can have.");
    }

    [TestMethod]
    public async Task Redis_WithMount_IsRefused()
    {
        var builder = LocalRun.Create();
        builder.AddRedis("cache", password: LocalRun.Secret(builder)).WithBindMount(_folder.Path, "/etc/redis");

        StringAssert.Contains(await LocalRun.FailsAsync(builder, Token), $"'cache' mounts {_folder.Path} at /etc/redis, which only its container can have.");
    }

    [TestMethod]
    public async Task Servers_WithOneFolder_AreRefused()
    {
        var builder = LocalRun.Create();
        foreach (var name in new[] { "cache", "other" })
        {
            builder.AddRedis(name, password: builder.AddParameter($"{name}-secret", "word", secret: true)).WithDataBindMount(_folder.Path);
        }

        StringAssert.Contains(await LocalRun.FailsAsync(builder, Token), $"Two servers have the data folder {_folder.Path}");
    }

    [TestMethod]
    public async Task Parameter_WithoutValue_IsNamed()
    {
        var builder = LocalRun.Create();
        builder.AddParameter("api-key");

        StringAssert.Contains(await LocalRun.FailsAsync(builder, Token), "Parameter 'api-key' has no value. Set it with the environment variable Parameters__api_key");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3, "--replicas", "production")]
    public async Task Replicas_AreForDeployment_UnlessAskedFor(int expected, params string[] args)
    {
        var builder = LocalRun.Create(args);
        var project = builder.AddProject<Emulator>("web").WithReplicas(3);

        await LocalRun.PrepareAsync(builder, Token);

        Assert.AreEqual(expected, project.Resource.GetReplicaCount());
    }

    [TestMethod]
    public async Task Endpoint_IsMovedByItsSetting()
    {
        var builder = LocalRun.Create("--Endpoints:web:http:Port=12345", "--Endpoints:other:http:Port=0");
        var web = builder.AddExecutable("web", "sleep", ".", "1").WithHttpEndpoint(port: 80);
        var other = builder.AddExecutable("other", "sleep", ".", "1").WithHttpEndpoint(port: 80);

        await LocalRun.PrepareAsync(builder, Token);

        Assert.AreEqual(12345, web.Resource.Annotations.OfType<EndpointAnnotation>().Single().Port);
        Assert.IsNull(other.Resource.Annotations.OfType<EndpointAnnotation>().Single().Port);
    }
}
