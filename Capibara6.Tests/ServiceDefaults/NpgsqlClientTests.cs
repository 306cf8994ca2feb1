using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OpenTelemetry.Trace;

namespace Capibara6.Tests.ServiceDefaults;

[TestClass]
public sealed class NpgsqlClientTests
{
    private const string Away = "Host=127.0.0.1;Port=9;Username=none;Database=none";

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(1, "from-section")]
    [DataRow(2, "from-named-section")]
    [DataRow(3, "from-connection-string")]
    [DataRow(4, "from-delegate")]
    public void Settings_FromSeveralPlaces_LaterWins(int places, string expected)
    {
        (string Key, string? Value)[] all =
        [
            ("Aspire:Npgsql:ConnectionString", "Host=from-section"),
            ("Aspire:Npgsql:main:ConnectionString", "Host=from-named-section"),
            ("ConnectionStrings:main", "Host=from-connection-string"),
        ];
        var builder = Builder(all.Take(places));
        builder.AddNpgsqlDataSource("main", settings => settings.ConnectionString = places == 4 ? "Host=from-delegate" : settings.ConnectionString);
        using var host = builder.Build();

        var source = host.Services.GetRequiredService<NpgsqlDataSource>();

        Assert.AreEqual(expected, new NpgsqlConnectionStringBuilder(source.ConnectionString).Host);
    }

    [TestMethod]
    public void DataSource_NoConnectionString_SaysWhereItBelongs()
    {
        var builder = Builder([]);
        builder.AddKeyedNpgsqlDataSource("main");
        using var host = builder.Build();

        var error = Assert.ThrowsExactly<InvalidOperationException>(() => host.Services.GetRequiredKeyedService<NpgsqlDataSource>("main"));

        Assert.AreEqual(
            "ConnectionString is missing. It should be provided in 'ConnectionStrings:main' or under the 'ConnectionString' key in "
            + "'Aspire:Npgsql' or 'Aspire:Npgsql:main' configuration section.",
            error.Message);
    }

    [TestMethod]
    public async Task DataSource_OnARealServer_IsHealthyAndTraced()
    {
        await using var database = await TestDatabases.CreateAsync(Token);
        var recorder = new SpanRecorder();
        await using var host = await DefaultsHost.StartAsync(
            Token,
            builder =>
            {
                builder.AddNpgsqlDataSource("main");
                builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(recorder));
            },
            settings: ("ConnectionStrings:main", database.ConnectionString));

        await using (var command = host.App.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT 41 + 1"))
        {
            Assert.AreEqual(42, await command.ExecuteScalarAsync(Token));
        }

        Assert.IsTrue(recorder.Spans.Any(span => span.Source.Name == "Npgsql" && Equals(span.GetTagItem("db.namespace"), database.Name)));
        using var health = await host.Client.GetAsync("/health", Token);
        Assert.AreEqual(HttpStatusCode.OK, health.StatusCode);
        Assert.Contains("db_client", await host.Client.GetStringAsync("/metrics", Token));
    }

    [TestMethod]
    public async Task Health_DatabaseAway_SaysSoWithinFiveSecondsWhileAlive()
    {
        await using var host = await DefaultsHost.StartAsync(
            Token, builder => builder.AddNpgsqlDataSource("main"), settings: ("ConnectionStrings:main", Away));

        var started = TimeProvider.System.GetTimestamp();
        using var health = await host.Client.GetAsync("/health", Token);
        Assert.IsLessThan(5, TimeProvider.System.GetElapsedTime(started).TotalSeconds);

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        using var report = JsonDocument.Parse(await health.Content.ReadAsStringAsync(Token));
        Assert.AreEqual("Unhealthy", report.RootElement.GetProperty("checks").GetProperty("PostgreSql").GetProperty("status").GetString());
        using var alive = await host.Client.GetAsync("/alive", Token);
        Assert.AreEqual(HttpStatusCode.OK, alive.StatusCode);
    }

    [TestMethod]
    public async Task Disabled_HealthChecks_AreNotReported()
    {
        await using var host = await DefaultsHost.StartAsync(
            Token,
            builder => builder.AddNpgsqlDataSource("main"),
            settings: [("ConnectionStrings:main", Away), ("Aspire:Npgsql:main:DisableHealthChecks", "true")]);

        Assert.DoesNotContain("PostgreSql", await host.Client.GetStringAsync("/health", Token));
    }

    internal static HostApplicationBuilder Builder(IEnumerable<(string Key, string? Value)> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)));
        return builder;
    }
}
