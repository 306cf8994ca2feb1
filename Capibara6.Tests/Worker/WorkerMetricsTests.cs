using System.Text.RegularExpressions;
using Capibara6.Core;
using Capibara6.Tests.Core;
using Capibara6.Tests.ServiceDefaults;
using Capibara6.Worker.Duties;
using Capibara6.Worker.Jobs;
using Capibara6.Worker.Migrations;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Tests.Worker;

/// <summary>What Prometheus reads of a worker. Alerts ask for these names, and for series that are there before the first trouble.</summary>
[TestClass]
public sealed class WorkerMetricsTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Metrics_OfAWorkerWithoutTrouble_AreThereFromTheBeginning()
    {
        await using var database = await MigratedDatabase.CreateAsync(Token);
        await using var emulator = await EmulatedPair.StartAsync(Token);
        var redis = await TestRedis.GetAsync(Token);
        await using var worker = await DefaultsHost.StartAsync(
            Token,
            builder =>
            {
                builder.AddMainDatabase();
                builder.AddRedisClient("redis");
                builder.Services.AddCapibara6Core().AddMigrations().AddJobRunner().AddDuties();
            },
            settings:
            [
                ("ConnectionStrings:capibara6", database.ConnectionString),
                ("ConnectionStrings:redis", redis.ConnectionString),
                ("ConnectionStrings:models", EmulatedPair.ConnectionStringOf(emulator)),
                ("Redis:KeyPrefix", redis.Prefix),
            ]);

        var text = "";
        string[] expected =
        [
            "capibara6_usage_lost_total",
            "capibara6_usage_written_total",
            "capibara6_usage_spooled_bytes",
            "capibara6_duty_failures_total{[^}]*duty=\"clean-batches\"[^}]*} 0",
            "capibara6_batches_oldest_age_seconds",
            "capibara6_jobs_pending",
            "capibara6_jobs_taken_back_total",
            "capibara6_database_available",
            "capibara6_redis_degraded_total{[^}]*reason=\"away\"",
            "capibara6_redis_degraded_total{[^}]*reason=\"failed\"",
            "capibara6_model_breaker_changes_total{[^}]*model=\"capibara6-20b\"[^}]*state=\"open\"",
            "capibara6_model_breaker_open{[^}]*model=\"capibara6-20b\"[^}]*} 0",
        ];
        await Eventually.TrueAsync(
            async () =>
            {
                text = await worker.Client.GetStringAsync("/metrics", Token);
                return expected.All(name => Regex.IsMatch(text, $"(?m)^{name}"));
            },
            TimeSpan.FromSeconds(20),
            () => string.Join('\n', expected.Where(name => !Regex.IsMatch(text, $"(?m)^{name}"))) + "\n\n" + text,
            Token);
    }
}
