using System.Diagnostics;

namespace Capibara6.Tests.Core.Usage;

/// <summary>A process of its own that answers queries, says how many, and is killed before it has written any of them down.</summary>
internal static class UsageVictim
{
    public const string Command = "usage-victim";
    public const int Queries = 150;

    public static Process Start(string database, string models)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in new[] { "exec", typeof(UsageVictim).Assembly.Location, Command })
        {
            start.ArgumentList.Add(argument);
        }

        // A connection string holds a password: not on the command line.
        start.Environment["USAGE_VICTIM_DATABASE"] = database;
        start.Environment["USAGE_VICTIM_MODELS"] = models;
        return Process.Start(start)!;
    }

    public static async Task<int> RunAsync()
    {
        await using var replica = await CoreReplica.StartAsync(
            Environment.GetEnvironmentVariable("USAGE_VICTIM_DATABASE")!,
            Environment.GetEnvironmentVariable("USAGE_VICTIM_MODELS"),
            CancellationToken.None,
            settings: new() { ["Usage:FlushInterval"] = "00:01:00" });
        await Parallel.ForAsync(0, Queries, async (i, token) =>
            CoreReplica.Value(await replica.Pipeline.ExecuteAsync(new($"question {i}", CoreReplica.Alice), token)));
        Console.WriteLine("answered");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        return 0;
    }
}
