using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration;
using Capibara6.Tests.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Capibara6.Tests.Hosting.Containers;

/// <summary>A model whose servers run in containers, with a service of the product that needs both of them.</summary>
[TestClass]
[TestCategory("Container")]
public sealed class ContainerAppTests
{
    private const string Password = "kept-between-runs";
    private readonly string _volume = $"capibara6-test-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}";

    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestInitialize]
    public void RequireRuntime() => TestContainers.Require();

    [TestCleanup]
    public async Task RemoveVolumeAsync() => await TestContainers.PodmanAsync(CancellationToken.None, "volume", "rm", "--force", _volume);

    [TestMethod]
    public async Task Run_ServersInContainers_ServeAProjectAndKeepTheVolumeOnly()
    {
        var before = await ContainersAndNetworksAsync();
        await using (var app = await StartAsync(builder =>
        {
            var database = AddPostgres(builder);
            var redis = builder.AddRedis("redis");
            builder.AddProject<Projects.Capibara6_Worker>("worker").WithReference(database).WithReference(redis)
                .WithEnvironment("ConnectionStrings__models", "Endpoint=http://127.0.0.1:9/v1;Key=none") // no job asks a model here
                .WaitFor(database).WaitFor(redis).WithHttpEndpoint().WithHttpHealthCheck("/health");
        }))
        {
            // The worker is healthy when its schema stands and Redis answers.
            await HealthyAsync(app, "worker");
            Assert.IsGreaterThan(0, await TablesAsync(app));
        }

        CollectionAssert.AreEquivalent(before, await ContainersAndNetworksAsync(), "all is gone but the volume");

        await using (var again = await StartAsync(builder => AddPostgres(builder)))
        {
            await HealthyAsync(again, "capibara6");
            Assert.IsGreaterThan(0, await TablesAsync(again));
        }
    }

    private Task<RunningApp> StartAsync(Action<IDistributedApplicationBuilder> model) => RunningApp.StartAsync(
        model, Token, "--Hosting:Infrastructure=containers", $"--ASPIRE_CONTAINER_RUNTIME={TestContainers.Program}");

    private IResourceBuilder<PostgresDatabaseResource> AddPostgres(IDistributedApplicationBuilder builder) =>
        builder.AddPostgres("postgres", password: builder.AddParameter("password", Password, secret: true))
            .WithDataVolume(_volume).AddDatabase("capibara6");

    private async Task HealthyAsync(RunningApp app, string resource)
    {
        try
        {
            await app.States.WaitForResourceHealthyAsync(resource, Token);
        }
        catch (DistributedApplicationException error)
        {
            var failures = app.Application.Services.GetRequiredService<RunFailures>();
            var reasons = app.Application.Services.GetRequiredService<DistributedApplicationModel>().Resources.Select(failures.ReasonOf);
            Assert.Fail($"{error.Message} {string.Join(' ', reasons)}");
        }
    }

    private async Task<long> TablesAsync(RunningApp app)
    {
        await using var source = NpgsqlDataSource.Create(await app.ConnectionStringOfAsync("capibara6", Token));
        await using var command = source.CreateCommand("SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')");
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }

    /// <summary>Without those of the tests that run beside this one, which carry a prefix.</summary>
    private async Task<string[]> ContainersAndNetworksAsync() =>
    [
        .. (await TestContainers.PodmanAsync(Token, "ps", "--all", "--format", "{{.Names}}")).Where(name => !name.StartsWith("capibara6-test-", StringComparison.Ordinal)),
        .. (await TestContainers.PodmanAsync(Token, "network", "ls", "--format", "{{.Name}}")).Where(name => !name.StartsWith("capibara6-test-", StringComparison.Ordinal)),
    ];
}
