using System.Diagnostics;
using System.Text.Json;
using Capibara6.Tests.Core;
using Capibara6.Worker.Jobs;
using Capibara6.Worker.Migrations;

namespace Capibara6.Tests.Worker;

/// <summary>A worker in a process of its own, to be killed.</summary>
internal static class ChaosWorker
{
    public const string Command = "chaos-worker";

    /// <summary>As little waiting as may be; the rest is as deployed.</summary>
    public static Dictionary<string, string?> Hasty { get; } = new()
    {
        ["Jobs:LeaseDuration"] = "00:00:02",
        ["JobRunner:RenewInterval"] = "00:00:00.5",
        ["JobRunner:SweepInterval"] = "00:00:00.5",
        ["JobRunner:PollInterval"] = "00:00:00.2",
        ["Jobs:MaxAttempts"] = "100",
        ["Jobs:RetryDelay"] = "00:00:00.2",
        ["Jobs:MaxRetryDelay"] = "00:00:01",
        ["Models:Resilience:BreakerDuration"] = "00:00:00.5",
    };

    public static Process Start(string database, TestRedis redis, string models, Dictionary<string, string?> settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true };
        foreach (var argument in new[] { "exec", typeof(ChaosWorker).Assembly.Location, Command })
        {
            start.ArgumentList.Add(argument);
        }

        // A connection string holds a password: not on the command line.
        start.Environment["CHAOS_DATABASE"] = database;
        start.Environment["CHAOS_REDIS"] = JsonSerializer.Serialize(redis);
        start.Environment["CHAOS_SETTINGS"] = JsonSerializer.Serialize(settings);
        start.Environment["CHAOS_MODELS"] = models;
        return Process.Start(start)!;
    }

    public static async Task<int> RunAsync()
    {
        await using var replica = await CoreReplica.StartAsync(
            Environment.GetEnvironmentVariable("CHAOS_DATABASE")!,
            Environment.GetEnvironmentVariable("CHAOS_MODELS"),
            CancellationToken.None,
            JsonSerializer.Deserialize<TestRedis>(Environment.GetEnvironmentVariable("CHAOS_REDIS")!),
            JsonSerializer.Deserialize<Dictionary<string, string?>>(Environment.GetEnvironmentVariable("CHAOS_SETTINGS")!),
            services => services.AddMigrations().AddJobRunner());

        // Ends with its parent, should that be killed before it kills this.
        await Console.In.ReadToEndAsync(CancellationToken.None);
        return 0;
    }
}
