using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.Core;
using Capibara6.Tests.Api.Access;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Capibara6.Tests.Api.Health;

/// <summary>A database that goes away, or answers and can't be used: the service lives, stays in service, and says what is wrong.</summary>
[TestClass]
public sealed class DatabaseOutageTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(40);

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Database_GoesAway_ReplicaStaysReadyAndSaysSo()
    {
        await using var database = await MigratedDatabase.CreateAsync(Token);
        var direct = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        await using var gate = new TcpGate(direct.Port);
        direct.Port = gate.Port;
        await using var host = new AccessHost { Database = direct.ConnectionString, Settings = { ["Health:ReportLifetime"] = "00:00:00" } };
        using var admin = await host.AdminAsync(Token);
        Assert.AreEqual(HttpStatusCode.OK, await AccessHost.StatusAsync(admin, "/health", Token));

        gate.Shut();

        await Eventually.TrueAsync(async () => await StateAsync(host) == "Degraded", s_limit, "health says degraded", Token);
        Assert.AreEqual(HttpStatusCode.OK, await AccessHost.StatusAsync(admin, "/health", Token));
        await AssertUnavailableAsync(await admin.GetAsync("/api/v1/batch", Token));
        await AssertUnavailableAsync(await admin.GetAsync("/auth/users", Token));
        await AssertUnavailableAsync(await LogInAsync(host));

        gate.Open();
        await Eventually.TrueAsync(
            async () => await AccessHost.StatusAsync(admin, "/api/v1/batch", Token) == HttpStatusCode.OK, s_limit, "it heals by itself", Token);
    }

    [TestMethod]
    public async Task Database_TakesNoWrites_IsBorneFromTheStartAndLater()
    {
        await using var database = await MigratedDatabase.CreateAsync(Token);
        await ReadOnlyAsync(database, true);
        await using var host = new AccessHost
        {
            Database = database.ConnectionString,
            Settings = { ["Health:ReportLifetime"] = "00:00:00", ["Budgets:Lease"] = "00:00:05" },
        };
        using var client = host.ClientWith(null);

        // It starts, without its first administrator.
        await AssertUnavailableAsync(await LogInAsync(host));
        await ReadOnlyAsync(database, false);
        await Eventually.TrueAsync(async () => (await LogInAsync(host)).IsSuccessStatusCode, s_limit, "accounts are made once that is possible", Token);

        // A failover to a standby, in a running service.
        await ReadOnlyAsync(database, true);
        await Eventually.TrueAsync(async () => await StateAsync(host) == "Degraded", s_limit, "health says degraded", Token);
        await AssertUnavailableAsync(await LogInAsync(host));
        Assert.AreEqual(HttpStatusCode.OK, await AccessHost.StatusAsync(client, "/alive", Token));
        Assert.DoesNotContain(entry => entry.Level == LogLevel.Critical, host.Log.Entries);

        await ReadOnlyAsync(database, false);
        await Eventually.TrueAsync(async () => (await LogInAsync(host)).IsSuccessStatusCode, s_limit, "it heals by itself", Token);
    }

    private async Task<HttpResponseMessage> LogInAsync(AccessHost host)
    {
        using var client = host.ClientWith(null);
        return await client.PostAsJsonAsync("/auth/login", new { username = "admin", password = AccessHost.AdminPassword }, Token);
    }

    private async Task<string?> StateAsync(AccessHost host)
    {
        using var client = host.ClientWith(null);
        using var response = await client.GetAsync("/health", Token);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("status").GetString();
    }

    private async Task AssertUnavailableAsync(HttpResponseMessage response)
    {
        using (response)
        {
            Assert.AreEqual(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            var problem = await EdgeHost.ReadProblemAsync(response, Token);
            Assert.AreEqual(FailureCodes.DatabaseUnavailable, problem.GetProperty("code").GetString());
            Assert.IsNotNull(response.Headers.RetryAfter);
        }
    }

    /// <summary>Makes of the database what a standby is, for whoever connects from now on; those who are connected lose their connection.</summary>
    private async Task ReadOnlyAsync(TestDatabase database, bool on)
    {
        await using var connection = new NpgsqlConnection(await TestDatabases.ServerConnectionStringAsync(Token));
        await connection.OpenAsync(Token);
        foreach (var statement in new[]
        {
            $"ALTER DATABASE {database.Name} SET default_transaction_read_only = {(on ? "on" : "off")}",
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.Name}'",
        })
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(Token);
        }
    }
}
