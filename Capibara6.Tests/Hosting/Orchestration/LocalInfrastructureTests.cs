using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration;
using Npgsql;
using StackExchange.Redis;

namespace Capibara6.Tests.Hosting.Orchestration;

/// <summary>Servers of the model that run as processes of this machine.</summary>
[TestClass]
public sealed class LocalInfrastructureTests
{
    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [TestCategory("Slow")]
    public async Task Servers_WithoutContainers_AnswerAndHaveTheirDatabases()
    {
        await using var app = await RunningApp.StartAsync(
            builder =>
            {
                var server = builder.AddPostgres("postgres").WithArgs("-c", "max_connections=77");
                server.AddDatabase("plain");
                server.AddDatabase("scripted").WithCreationScript("CREATE DATABASE scripted TEMPLATE template0 CONNECTION LIMIT 7");
                builder.AddRedis("redis");
            },
            Token,
            "--Hosting:Infrastructure=local");

        await Task.WhenAll(new[] { "plain", "scripted", "redis" }.Select(name => app.States.WaitForResourceHealthyAsync(name, Token)));

        Assert.AreEqual(-1, await LimitAsync(app, "plain"));
        Assert.AreEqual(7, await LimitAsync(app, "scripted"));
        await using (var connection = new NpgsqlConnection(await app.ConnectionStringOfAsync("plain", Token)))
        {
            await connection.OpenAsync(Token);
            await using var setting = new NpgsqlCommand("SHOW max_connections", connection);
            Assert.AreEqual("77", await setting.ExecuteScalarAsync(Token));
        }

        await using var redis = await ConnectionMultiplexer.ConnectAsync(await app.ConnectionStringOfAsync("redis", Token));
        Assert.IsTrue(await redis.GetDatabase().StringSetAsync("key", "value"));
        var snapshot = await app.WaitUntilRunningAsync("postgres", Token);
        StringAssert.Contains((string)snapshot.Properties.Single(property => property.Name == RunsAs.Property).Value!, "local server, PostgreSQL");
    }

    [TestMethod]
    public async Task Server_WithArgumentsThatOnlyItsContainerCanHave_FailsAndSaysSo()
    {
        await using var app = await RunningApp.StartAsync(
            builder =>
            {
                builder.AddPostgres("postgres").WithArgs("-F");
                builder.AddRedis("redis").WithArgs("--appendonly", "yes");
            },
            Token,
            "--Hosting:Infrastructure=local");

        await app.WaitAsync("postgres", KnownResourceStates.FailedToStart, Token);
        await app.WaitAsync("redis", KnownResourceStates.FailedToStart, Token);
    }

    [TestMethod]
    public async Task Container_WithoutARuntime_IsRuntimeUnhealthyAndTheRestRuns()
    {
        await using var app = await RunningApp.StartAsync(
            builder =>
            {
                builder.AddContainer("viewer", "example/viewer", "1");
                builder.AddExecutable("other", "sleep", Path.GetTempPath(), "600");
            },
            Token,
            "--Hosting:Infrastructure=local");

        await app.WaitUntilRunningAsync("other", Token);
        await app.WaitAsync("viewer", KnownResourceStates.RuntimeUnhealthy, Token);
    }

    [TestMethod]
    [TestCategory("Slow")]
    public async Task Data_OfAnotherVersion_EndsARunFromTheCommandLineAndSaysWhatToDo()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "PG_VERSION"), "9\n", Token);
        var builder = RunningApp.Create("--Hosting:Infrastructure=local");
        var database = builder.AddPostgres("postgres").WithDataBindMount(folder.Path).AddDatabase("orders");
        builder.AddExecutable("dependent", "sleep", Path.GetTempPath(), "600").WaitFor(database);

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => builder.Build().RunAsync(Token));

        StringAssert.Contains(error.Message, "Resource 'dependent' can't start, because 'postgres', which it waits for, failed:");
        StringAssert.Contains(error.Message, "PostgreSQL 9");
    }

    private async Task<int> LimitAsync(RunningApp app, string database)
    {
        await using var source = NpgsqlDataSource.Create(await app.ConnectionStringOfAsync(database, Token));
        await using var command = source.CreateCommand("SELECT datconnlimit FROM pg_database WHERE datname = current_database()");
        return (int)(await command.ExecuteScalarAsync(Token))!;
    }
}
