using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql.EntityFrameworkCore.PostgreSQL;

namespace Capibara6.Tests.ServiceDefaults;

[TestClass]
public sealed class DbContextClientTests
{
    private const string Somewhere = "Host=127.0.0.1;Port=9;Username=none;Database=none";
    private const string Section = "Aspire:Npgsql:EntityFrameworkCore:PostgreSQL";

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public void Add_Registered_RetriesAndHasItsCommandTimeout()
    {
        var builder = NpgsqlClientTests.Builder(
        [
            ("ConnectionStrings:main", Somewhere), ($"{Section}:CommandTimeout", "7"), ($"{Section}:{nameof(ProbeContext)}:CommandTimeout", "9"),
        ]);
        builder.AddNpgsqlDbContext<ProbeContext>("main");
        using var host = builder.Build();
        using var scope = host.Services.CreateScope();

        var database = scope.ServiceProvider.GetRequiredService<ProbeContext>().Database;

        Assert.AreEqual(9, database.GetCommandTimeout());
        Assert.IsInstanceOfType<NpgsqlRetryingExecutionStrategy>(database.CreateExecutionStrategy());
    }

    [TestMethod]
    public void Add_Twice_SaysToRegisterOnce()
    {
        var builder = NpgsqlClientTests.Builder([]);
        builder.AddNpgsqlDbContext<ProbeContext>("main");

        Assert.ThrowsExactly<InvalidOperationException>(() => builder.AddNpgsqlDbContext<ProbeContext>("main"));
    }

    [TestMethod]
    public void Add_NoConnectionString_SaysWhereItBelongsWhenUsed()
    {
        var builder = NpgsqlClientTests.Builder([]);
        builder.AddNpgsqlDbContext<ProbeContext>("main");
        using var host = builder.Build();
        using var scope = host.Services.CreateScope();

        var error = Assert.ThrowsExactly<InvalidOperationException>(scope.ServiceProvider.GetRequiredService<ProbeContext>);

        Assert.Contains("'ConnectionStrings:main'", error.Message);
        Assert.Contains($"'{Section}:{nameof(ProbeContext)}'", error.Message);
    }

    [TestMethod]
    public void Enrich_NotRegistered_SaysWhatToCallFirst()
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => NpgsqlClientTests.Builder([]).EnrichNpgsqlDbContext<ProbeContext>());

        Assert.Contains("AddDbContext", error.Message);
    }

    [TestMethod]
    public void Enrich_RegisteredByHand_AddsRetryTimeoutAndHealthCheck()
    {
        var builder = NpgsqlClientTests.Builder([]);
        builder.Services.AddDbContext<ProbeContext>(options => options.UseNpgsql(Somewhere));
        builder.EnrichNpgsqlDbContext<ProbeContext>(settings => settings.CommandTimeout = 11);
        using var host = builder.Build();
        using var scope = host.Services.CreateScope();

        var database = scope.ServiceProvider.GetRequiredService<ProbeContext>().Database;

        Assert.AreEqual(11, database.GetCommandTimeout());
        Assert.AreEqual(Somewhere, database.GetConnectionString());
        Assert.IsInstanceOfType<NpgsqlRetryingExecutionStrategy>(database.CreateExecutionStrategy());
        var checks = host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<HealthCheckServiceOptions>>().Value.Registrations;
        Assert.IsTrue(checks.Any(check => check.Name == nameof(ProbeContext)));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Enrich_StrategyOfItsOwn_NeedsRetryDisabled(bool disableRetry)
    {
        var builder = NpgsqlClientTests.Builder([]);
        builder.Services.AddDbContext<ProbeContext>(options =>
            options.UseNpgsql(Somewhere, npgsql => npgsql.ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies))));
        builder.EnrichNpgsqlDbContext<ProbeContext>(settings => settings.DisableRetry = disableRetry);
        using var host = builder.Build();
        using var scope = host.Services.CreateScope();

        if (disableRetry)
        {
            Assert.IsInstanceOfType<NonRetryingExecutionStrategy>(
                scope.ServiceProvider.GetRequiredService<ProbeContext>().Database.CreateExecutionStrategy());
        }
        else
        {
            Assert.ThrowsExactly<InvalidOperationException>(scope.ServiceProvider.GetRequiredService<ProbeContext>);
        }
    }

    [TestMethod]
    public async Task Health_OfAContextOnARealServer_IsHealthy()
    {
        await using var database = await TestDatabases.CreateAsync(TestContext.CancellationToken);
        await using var host = await DefaultsHost.StartAsync(
            TestContext.CancellationToken,
            builder => builder.AddNpgsqlDbContext<ProbeContext>("main"),
            settings: ("ConnectionStrings:main", database.ConnectionString));

        Assert.Contains($"\"{nameof(ProbeContext)}\":{{\"status\":\"Healthy\"", await host.Client.GetStringAsync("/health", TestContext.CancellationToken));
    }

    private sealed class ProbeContext(DbContextOptions<ProbeContext> options) : DbContext(options);
}
