using Npgsql;
using StackExchange.Redis;

namespace Capibara6.Tests.Hosting.LocalServers;

/// <summary>The servers that other tests rely on.</summary>
[TestClass]
public sealed class TestServersTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task TestDatabases_TwoOfThem_AreApart()
    {
        await using var first = await TestDatabases.CreateAsync(TestContext.CancellationToken);
        await ExecuteAsync(first.ConnectionString, "CREATE TABLE kept (id int)");
        await using var second = await TestDatabases.CreateAsync(TestContext.CancellationToken);

        var error = await Assert.ThrowsExactlyAsync<PostgresException>(() => ExecuteAsync(second.ConnectionString, "SELECT * FROM kept"));

        Assert.AreEqual(PostgresErrorCodes.UndefinedTable, error.SqlState);
    }

    [TestMethod]
    public async Task TestRedis_Scripts_Run()
    {
        var redis = await TestRedis.GetAsync(TestContext.CancellationToken);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);

        var answer = await connection.GetDatabase().ScriptEvaluateAsync(
            "redis.call('set', KEYS[1], ARGV[1]) return redis.call('get', KEYS[1])", [redis.Prefix + "key"], ["value"]);

        Assert.AreEqual("value", (string?)answer);
    }

    private async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.CancellationToken);
    }
}
