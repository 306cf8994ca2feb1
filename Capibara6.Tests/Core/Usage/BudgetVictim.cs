using System.Diagnostics;
using Capibara6.Core.Identity;
using Capibara6.Core.Usage;
using Capibara6.Tests.Core.Identity;

namespace Capibara6.Tests.Core.Usage;

/// <summary>A process of its own that spends 100 tokens, reserves 900 more, says so, and waits to be killed.</summary>
internal static class BudgetVictim
{
    public const string Command = "budget-victim";

    public static Process Start(string database, Guid account)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in new[] { "exec", typeof(BudgetVictim).Assembly.Location, Command, account.ToString() })
        {
            start.ArgumentList.Add(argument);
        }

        // A connection string holds a password: not on the command line.
        start.Environment["BUDGET_VICTIM_DATABASE"] = database;
        return Process.Start(start)!;
    }

    public static async Task<int> RunAsync(string[] args)
    {
        var database = Environment.GetEnvironmentVariable("BUDGET_VICTIM_DATABASE")!;
        Dictionary<string, string?> settings = new() { ["Budgets:Lease"] = "00:00:02" };
        await using var replica = await IdentityReplica.StartAsync(database, CancellationToken.None, settings: settings);
        var caller = new Caller(Guid.Parse(args[0]), "victim", Roles.PermissionsOf([Roles.Developer]));
        await IdentityReplica.Value(await replica.Budgets.ReserveAsync(caller, new UsageAmount(500, 0), CancellationToken.None)).SettleAsync(new UsageAmount(100, 0));
        _ = IdentityReplica.Value(await replica.Budgets.ReserveAsync(caller, new UsageAmount(900, 0), CancellationToken.None));
        Console.WriteLine("holding");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        return 0;
    }
}
