using System.Diagnostics;
using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.Audit;
using Capibara6.Core.Usage;
using Capibara6.Tests.Core.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Tests.Core.Usage;

/// <summary>Budgets over three replicas: never over, never lost, nobody turned away for nothing.</summary>
[TestClass]
public sealed class BudgetTests
{
    private static TestDatabase s_database = null!;
    private static IdentityReplica[] s_replicas = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_database = await MigratedDatabase.CreateAsync(context.CancellationToken);
        Dictionary<string, string?> settings = new() { ["Budgets:Lease"] = "00:00:02", ["Identity:CheckCacheLifetime"] = "00:00:00.200" };
        s_replicas = [.. await Task.WhenAll(Enumerable.Range(0, 3).Select(_ =>
            IdentityReplica.StartAsync(s_database.ConnectionString, context.CancellationToken, settings: settings)))];
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        foreach (var replica in s_replicas)
        {
            await replica.DisposeAsync();
        }

        await s_database.DisposeAsync();
    }

    [TestMethod]
    public async Task Reserve_300InParallelOverThreeReplicas_Exactly100Pass()
    {
        var caller = await NewCallerAsync("parallel", new BudgetLimits { TokensPerDay = 1_000, CostPerMonth = 1.00m });
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 300).Select(index => Task.Run(
            () => s_replicas[index % 3].Budgets.ReserveAsync(caller, new UsageAmount(10, 0.01m), Cancellation))));

        Assert.AreEqual(100, outcomes.Count(outcome => outcome is Outcome<BudgetReservation>.Success));
        Assert.IsTrue(outcomes.OfType<Outcome<BudgetReservation>.Failed>().All(failed => failed.Failure.Code == "budget_exceeded"));
        await Task.WhenAll(outcomes.OfType<Outcome<BudgetReservation>.Success>().Select(success => success.Value.SettleAsync(new UsageAmount(10, 0.01m))));

        var day = await StatusAsync(caller, "day");
        Assert.AreEqual((1_000L, 0L), (day.TokensSpent, day.TokensReserved));
        var month = await StatusAsync(caller, "month");
        Assert.AreEqual((1.00m, 0m), (month.CostSpent, month.CostReserved));
        _ = IdentityReplica.Failure(await s_replicas[0].Budgets.ReserveAsync(caller, new UsageAmount(1, 0m), Cancellation));
    }

    [TestMethod]
    public async Task Reserve_RandomCallsInParallel_SpendNeverPassesTheLimitAndTheSumIsExact()
    {
        var caller = await NewCallerAsync("random", new BudgetLimits { TokensPerDay = 5_000 });
        var spent = 0L;
        await Task.WhenAll(Enumerable.Range(0, 12).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var call = 0; call < 25; call++)
            {
                var most = random.Next(1, 200);
                if (await s_replicas[worker % 3].Budgets.ReserveAsync(caller, new UsageAmount(most, 0), Cancellation) is Outcome<BudgetReservation>.Success { Value: var reservation })
                {
                    await using (reservation)
                    {
                        var used = random.Next(0, most + 1);
                        if (used % 5 != 0)
                        {
                            await reservation.SettleAsync(new UsageAmount(used, 0));
                            await reservation.SettleAsync(new UsageAmount(used, 0));
                            Interlocked.Add(ref spent, used);
                        }
                    }
                }
            }
        })));

        var day = await StatusAsync(caller, "day");
        Assert.AreEqual((spent, 0L), (day.TokensSpent, day.TokensReserved));
        Assert.IsLessThanOrEqualTo(5_000, day.TokensSpent);
    }

    [TestMethod]
    public async Task Reserve_OthersHoldTheRest_SaysToComeBackSoonAndThenPasses()
    {
        var caller = await NewCallerAsync("patient", new BudgetLimits { TokensPerDay = 100 });
        var held = IdentityReplica.Value(await s_replicas[0].Budgets.ReserveAsync(caller, new UsageAmount(90, 0), Cancellation));
        var refused = IdentityReplica.Failure(await s_replicas[1].Budgets.ReserveAsync(caller, new UsageAmount(20, 0), Cancellation));
        Assert.IsLessThanOrEqualTo(TimeSpan.FromSeconds(5), refused.RetryAfter!.Value);

        await held.SettleAsync(new UsageAmount(30, 0));
        await using var next = IdentityReplica.Value(await s_replicas[1].Budgets.ReserveAsync(caller, new UsageAmount(20, 0), Cancellation));
        var tooMuch = IdentityReplica.Failure(await s_replicas[2].Budgets.ReserveAsync(caller, new UsageAmount(71, 0), Cancellation));
        Assert.IsGreaterThan(TimeSpan.FromSeconds(5), tooMuch.RetryAfter!.Value);
    }

    [TestMethod]
    public async Task Reserve_LongCall_KeepsItsReservationBeyondTheLease()
    {
        var caller = await NewCallerAsync("long", new BudgetLimits { TokensPerDay = 100 });
        var held = IdentityReplica.Value(await s_replicas[0].Budgets.ReserveAsync(caller, new UsageAmount(90, 0), Cancellation));
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(4))
        {
            _ = IdentityReplica.Failure(await s_replicas[1].Budgets.ReserveAsync(caller, new UsageAmount(20, 0), Cancellation));
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancellation);
        }

        await held.SettleAsync(new UsageAmount(90, 0));
        Assert.AreEqual(90, (await StatusAsync(caller, "day")).TokensSpent);
    }

    [TestMethod]
    public async Task Reserve_ProcessKilled_WhatItSpentStaysAndWhatItHeldComesBack()
    {
        var caller = await NewCallerAsync("killed", new BudgetLimits { TokensPerDay = 1_000 });
        using (var victim = BudgetVictim.Start(s_database.ConnectionString, caller.AccountId))
        {
            // It has settled 100 and holds 900 when it is killed.
            Assert.AreEqual("holding", await victim.StandardOutput.ReadLineAsync(Cancellation));
            Assert.AreEqual((100L, 900L), ((await StatusAsync(caller, "day")).TokensSpent, (await StatusAsync(caller, "day")).TokensReserved));
            victim.Kill(entireProcessTree: true);
            await victim.WaitForExitAsync(Cancellation);
        }

        Outcome<BudgetReservation> outcome = new Failure("none", FailureKind.Invalid, "not tried yet");
        await Eventually.TrueAsync(
            async () => (outcome = await s_replicas[0].Budgets.ReserveAsync(caller, new UsageAmount(900, 0), Cancellation)) is Outcome<BudgetReservation>.Success,
            TimeSpan.FromSeconds(10), "the dead process's reservation is given back", Cancellation);
        await IdentityReplica.Value(outcome).SettleAsync(new UsageAmount(900, 0));
        var day = await StatusAsync(caller, "day");
        Assert.AreEqual((1_000L, 0L), (day.TokensSpent, day.TokensReserved));
    }

    [TestMethod]
    public async Task Reserve_KeyWithABudgetOfItsOwn_CountsAgainstBoth()
    {
        var owner = await NewCallerAsync("keyed", new BudgetLimits { TokensPerDay = 100 });
        var made = IdentityReplica.Value(await s_replicas[0].CreateKeyAsync(
            owner, new("narrow", null, null, new BudgetLimits { TokensPerDay = 30 }), Cancellation));
        var byKey = owner with { ApiKeyId = made.View.Id };

        await IdentityReplica.Value(await s_replicas[0].Budgets.ReserveAsync(byKey, new UsageAmount(30, 0), Cancellation)).SettleAsync(new UsageAmount(30, 0));

        var failure = IdentityReplica.Failure(await s_replicas[1].Budgets.ReserveAsync(byKey, new UsageAmount(1, 0), Cancellation));
        Assert.Contains("API key", failure.Message);
        await using var rest = IdentityReplica.Value(await s_replicas[1].Budgets.ReserveAsync(owner, new UsageAmount(70, 0), Cancellation));
        _ = IdentityReplica.Failure(await s_replicas[1].Budgets.ReserveAsync(owner, new UsageAmount(1, 0), Cancellation));
    }

    [TestMethod]
    public async Task Settle_WithoutABudget_IsKnownToABudgetThatIsGivenLater()
    {
        var caller = await NewCallerAsync("later", new BudgetLimits());
        await IdentityReplica.Value(await s_replicas[0].Budgets.ReserveAsync(caller, new UsageAmount(1_000_000, 5m), Cancellation)).SettleAsync(new UsageAmount(80, 0.5m));
        await Eventually.TrueAsync(async () => (await StatusAsync(caller, "day")).TokensSpent == 80, TimeSpan.FromSeconds(5), "use is counted", Cancellation);

        await s_replicas[1].ChangeUserAsync(
            caller.AccountId, new(null, null, null, null, null, new BudgetLimits { TokensPerDay = 100 }), Cancellation);

        await Eventually.TrueAsync(
            async () => await s_replicas[0].Budgets.ReserveAsync(caller, new UsageAmount(21, 0), Cancellation) is Outcome<BudgetReservation>.Failed,
            TimeSpan.FromSeconds(5), "the new budget is known", Cancellation);
        await using var fits = IdentityReplica.Value(await s_replicas[0].Budgets.ReserveAsync(caller, new UsageAmount(20, 0), Cancellation));
    }

    [TestMethod]
    public async Task Reserve_AccountOrKeyThatIsGone_MayUseNothing()
    {
        var caller = await NewCallerAsync("gone", new BudgetLimits());
        var keyless = IdentityReplica.Failure(await s_replicas[0].Budgets.ReserveAsync(
            caller with { ApiKeyId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()) }, new UsageAmount(1, 0), Cancellation));
        Assert.AreEqual(FailureCodes.CallerRevoked, keyless.Code, "a key without a row is no key without limits");

        await s_replicas[0].InScopeAsync(services => services.GetRequiredService<IUsers>().DeleteAsync(
            Caller.System, caller.AccountId, RequestOrigin.None, Cancellation));

        var failure = IdentityReplica.Failure(await s_replicas[0].Budgets.ReserveAsync(caller, new UsageAmount(1, 0), Cancellation));
        Assert.AreEqual(FailureCodes.CallerRevoked, failure.Code);
        Assert.IsEmpty(await s_replicas[0].Budgets.ReadAsync(caller, Cancellation));
    }

    private static async Task<Caller> NewCallerAsync(string name, BudgetLimits budget)
    {
        var user = await s_replicas[0].CreateUserAsync($"budget-{name}", Roles.Developer, CancellationToken.None, budget);
        return new Caller(user.Id, user.Name, Roles.PermissionsOf([Roles.Developer]));
    }

    private async Task<BudgetStatus> StatusAsync(Caller caller, string period) =>
        (await s_replicas[2].Budgets.ReadAsync(caller, Cancellation)).Single(status => status.Period == period && status.Subject == "account");
}
