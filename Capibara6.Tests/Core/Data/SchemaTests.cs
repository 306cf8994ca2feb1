using Capibara6.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Capibara6.Tests.Core.Data;

[TestClass]
public sealed class SchemaTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Model_AgainstMigrations_HasNoChangeWithoutOne()
    {
        await using var database = await TestDatabases.CreateAsync(Token);
        await using var replica = await CoreReplica.StartAsync(database.ConnectionString, models: null, Token);
        await using var scope = replica.Services.CreateAsyncScope();
        Assert.IsFalse(scope.ServiceProvider.GetRequiredService<Capibara6DbContext>().Database.HasPendingModelChanges(), "dotnet ef migrations add is due");
    }

    [TestMethod]
    public async Task Migrate_SeveralWorkersAtOnce_AllEndWithTheSchema()
    {
        await using var database = await TestDatabases.CreateAsync(Token);
        await using var one = await CoreReplica.StartAsync(database.ConnectionString, models: null, Token);
        await using var other = await CoreReplica.StartAsync(database.ConnectionString, models: null, Token);
        var schema = one.Services.GetRequiredService<ISchemaVersion>();
        Assert.IsFalse((await schema.CheckAsync(Token)).Fits);

        await Task.WhenAll(
            Task.Run(() => one.Services.GetRequiredService<ISchemaMigrator>().MigrateAsync(Token), Token),
            Task.Run(() => other.Services.GetRequiredService<ISchemaMigrator>().MigrateAsync(Token), Token));

        Assert.IsTrue((await schema.CheckAsync(Token)).Fits);
        Assert.IsTrue((await other.Services.GetRequiredService<ISchemaVersion>().CheckAsync(Token)).Fits);
    }

    [TestMethod]
    public async Task Check_SchemaNewerThanTheBuild_Fits()
    {
        await using var database = await MigratedDatabase.CreateAsync(Token);
        await using (var connection = new NpgsqlConnection(database.ConnectionString))
        {
            await connection.OpenAsync(Token);
            await using var command = new NpgsqlCommand(
                "INSERT INTO \"__EFMigrationsHistory\" VALUES ('99990101000000_FromTheFuture', '99.0.0')", connection);
            await command.ExecuteNonQueryAsync(Token);
        }

        await using var replica = await CoreReplica.StartAsync(database.ConnectionString, models: null, Token);
        Assert.IsTrue((await replica.Services.GetRequiredService<ISchemaVersion>().CheckAsync(Token)).Fits);
    }

    [TestMethod]
    public async Task Migrate_DatabaseNotThereYet_WaitsForIt()
    {
        var server = new NpgsqlConnectionStringBuilder(await TestDatabases.ServerConnectionStringAsync(Token));
        await using var database = await TestDatabases.CreateAsync(Token);
        await using var gate = new TcpGate(server.Port);
        gate.Shut();
        await using var replica = await CoreReplica.StartAsync(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = gate.Port }.ConnectionString, models: null, Token);

        var migrating = replica.Services.GetRequiredService<ISchemaMigrator>().MigrateAsync(Token);
        await Eventually.TrueAsync(() => replica.Log.Text.Contains("can't be migrated yet", StringComparison.Ordinal), TimeSpan.FromSeconds(10), "it waits", Token);
        gate.Open();
        await migrating;
        Assert.IsTrue((await replica.Services.GetRequiredService<ISchemaVersion>().CheckAsync(Token)).Fits);
    }
}
