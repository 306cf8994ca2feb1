using System.Net;
using System.Text.Json;
using Capibara6.Core.Data;
using Capibara6.Tests.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL;
using OpenTelemetry.Trace;

namespace Capibara6.Tests.Core.Data;

[TestClass]
public sealed class MainDatabaseTests
{
    private const string Away = "Host=127.0.0.1;Port=9;Username=none;Database=none";

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Clients_OnARealServer_AreTracedAndMeasured()
    {
        await using var database = await TestDatabases.CreateAsync(Token);
        var recorder = new SpanRecorder();
        await using var host = await DefaultsHost.StartAsync(
            Token,
            builder =>
            {
                builder.AddMainDatabase();
                builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(recorder));
            },
            settings: ("ConnectionStrings:capibara6", database.ConnectionString));

        await using (var command = Statements(host.App.Services).CreateCommand("SELECT 41 + 1"))
        {
            Assert.AreEqual(42, await command.ExecuteScalarAsync(Token));
        }

        Assert.IsTrue(recorder.Spans.Any(span => span.Source.Name == "Npgsql" && Equals(span.GetTagItem("db.namespace"), database.Name)));
        Assert.Contains("db_client", await host.Client.GetStringAsync("/metrics", Token));
    }

    [TestMethod]
    public async Task Health_DatabaseNeverSeen_SaysSoWithinFiveSecondsWhileAlive()
    {
        await using var host = await DefaultsHost.StartAsync(
            Token, builder => builder.AddMainDatabase().Services.AddData(), settings: ("ConnectionStrings:capibara6", Away));

        var started = TimeProvider.System.GetTimestamp();
        using var health = await host.Client.GetAsync("/health", Token);
        Assert.IsLessThan(5, TimeProvider.System.GetElapsedTime(started).TotalSeconds);

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        using var report = JsonDocument.Parse(await health.Content.ReadAsStringAsync(Token));
        Assert.AreEqual(
            "Unhealthy", report.RootElement.GetProperty("checks").GetProperty("schema").GetProperty("status").GetString());
        using var alive = await host.Client.GetAsync("/alive", Token);
        Assert.AreEqual(HttpStatusCode.OK, alive.StatusCode);
    }

    [TestMethod]
    public void Clients_OfARequest_HaveTheirPoolsAndTimeouts()
    {
        using var services = Services(Away, MainDatabaseExtensions.RequestCommandTimeout);
        using var scope = services.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<Capibara6DbContext>().Database;
        var statements = new NpgsqlConnectionStringBuilder(Statements(services).ConnectionString);

        Assert.AreEqual(MainDatabaseExtensions.RequestCommandTimeout, context.GetCommandTimeout());
        Assert.IsInstanceOfType<NpgsqlRetryingExecutionStrategy>(context.CreateExecutionStrategy());
        Assert.AreEqual(DataServiceCollectionExtensions.PoolSize, new NpgsqlConnectionStringBuilder(context.GetConnectionString()).MaxPoolSize);
        Assert.AreEqual(DataServiceCollectionExtensions.PoolSize, statements.MaxPoolSize);
        Assert.AreEqual(3, statements.Timeout);
    }

    [TestMethod]
    [DataRow("Maximum Pool Size")]
    [DataRow("MaxPoolSize")]
    public void Clients_ConnectionStringNamesPoolAndTimeout_KeepThem(string name)
    {
        using var services = Services($"{Away};{name}=33;Timeout=2", commandTimeout: null);
        using var scope = services.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<Capibara6DbContext>().Database;
        var statements = new NpgsqlConnectionStringBuilder(Statements(services).ConnectionString);

        Assert.IsNull(context.GetCommandTimeout());
        Assert.AreEqual(33, new NpgsqlConnectionStringBuilder(context.GetConnectionString()).MaxPoolSize);
        Assert.AreEqual(33, statements.MaxPoolSize);
        Assert.AreEqual(2, statements.Timeout);
    }

    [TestMethod]
    public void Clients_NoConnectionString_SayWhereItBelongs()
    {
        using var services = Services(connectionString: null, commandTimeout: null);
        using var scope = services.CreateScope();

        var ofContext = Assert.ThrowsExactly<InvalidOperationException>(scope.ServiceProvider.GetRequiredService<Capibara6DbContext>);
        var ofStatements = Assert.ThrowsExactly<InvalidOperationException>(() => Statements(services));

        Assert.Contains("'ConnectionStrings:capibara6'", ofContext.Message);
        Assert.Contains("'ConnectionStrings:capibara6'", ofStatements.Message);
    }

    private static ServiceProvider Services(string? connectionString, int? commandTimeout)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["ConnectionStrings:capibara6"] = connectionString;
        builder.AddMainDatabase(commandTimeout);
        return builder.Services.BuildServiceProvider();
    }

    private static NpgsqlDataSource Statements(IServiceProvider services) =>
        services.GetRequiredKeyedService<NpgsqlDataSource>(DataServiceCollectionExtensions.ConnectionName);
}
