using Capibara6.Core;
using Capibara6.Core.Data;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.Audit;
using Capibara6.Core.Identity.Tokens;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Tests.Core.Identity;

/// <summary>Guessing a password locks out the one who guesses, and nobody else.</summary>
[TestClass]
public sealed class PasswordGuessTests
{
    private const int AtMost = 3;
    private const int AtMostElsewhere = 8;
    private const string Wrong = "not the password at all";

    private static readonly HeldHasher s_hasher = new();

    private static TestDatabase s_database = null!;
    private static IdentityReplica s_replica = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_database = await MigratedDatabase.CreateAsync(context.CancellationToken);
        Dictionary<string, string?> settings = new()
        {
            ["Identity:MaxFailedLogins"] = $"{AtMost}",
            ["Identity:MaxFailedLoginsFromUnknownAddresses"] = $"{AtMostElsewhere}",
        };
        s_replica = await IdentityReplica.StartAsync(
            s_database.ConnectionString, context.CancellationToken, settings: settings,
            services: services => services.AddSingleton<IPasswordHasher<Account>>(s_hasher));
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await s_replica.DisposeAsync();
        await s_database.DisposeAsync();
    }

    [TestMethod]
    public async Task LogIn_RightPasswordWhileGuessesAreBeingCompared_CountsAsOneTooMany()
    {
        var user = await NewUserAsync("parallel");
        s_hasher.Hold();
        var wrong = Enumerable.Range(0, AtMost).Select(_ => Task.Run(() => LogInAsync(user, HeldHasher.Held, "203.0.113.1"), Cancellation)).ToArray();
        await Eventually.TrueAsync(() => s_hasher.Holding == AtMost, TimeSpan.FromSeconds(20), "guesses are being compared", Cancellation);

        var right = await LogInAsync(user, IdentityReplica.PasswordOf(user.Name), "203.0.113.1");
        s_hasher.LetGo();
        await Task.WhenAll(wrong);

        Assert.IsFalse(right, "all guesses that are allowed have been made");
    }

    [TestMethod]
    public async Task LogIn_GuessesFromOneAddress_LockThatAddressOnly()
    {
        var user = await NewUserAsync("guessed");
        for (var guess = 0; guess < AtMost; guess++)
        {
            Assert.IsFalse(await LogInAsync(user, Wrong, "203.0.113.2"));
        }

        Assert.IsFalse(await LogInAsync(user, IdentityReplica.PasswordOf(user.Name), "203.0.113.2"), "locked here");
        Assert.IsTrue(await LogInAsync(user, IdentityReplica.PasswordOf(user.Name), "203.0.113.3"), "and nowhere else");
        Assert.AreEqual(1, await CountAsync(user, AuditActions.AccountLocked));
    }

    [TestMethod]
    public async Task LogIn_GuessesFromManyAddresses_LockUnknownAddressesAndLetKnownOnesAndThisMachineIn()
    {
        var user = await NewUserAsync("besieged");
        Assert.IsTrue(await LogInAsync(user, IdentityReplica.PasswordOf(user.Name), "198.51.100.7"), "now it is known");
        for (var guess = 0; guess < AtMostElsewhere; guess++)
        {
            Assert.IsFalse(await LogInAsync(user, Wrong, $"203.0.113.{100 + guess}"));
        }

        Assert.IsFalse(await LogInAsync(user, IdentityReplica.PasswordOf(user.Name), "192.0.2.50"), "an unknown address");
        Assert.IsTrue(await LogInAsync(user, IdentityReplica.PasswordOf(user.Name), "198.51.100.7"), "a known address");
        Assert.IsTrue(await LogInAsync(user, IdentityReplica.PasswordOf(user.Name), "127.0.0.1"), "this machine: the administrator's way in");
    }

    [TestMethod]
    public async Task LogIn_NameThatNobodyHas_IsCountedLikeAnyOther()
    {
        for (var guess = 0; guess < AtMost + 1; guess++)
        {
            _ = IdentityReplica.Failure(await s_replica.LogInAsync("nobody-has-this", Wrong, Cancellation, "203.0.113.4"));
        }

        var counted = await s_replica.InScopeAsync(services => services.GetRequiredService<Capibara6DbContext>().Database
            .ExecuteSqlAsync($"UPDATE password_attempts SET failed = failed WHERE address = '203.0.113.4' AND failed = {AtMost + 1}", Cancellation));
        Assert.AreEqual(1, counted);
    }

    [TestMethod]
    public async Task ChangePassword_GuessesAtTheCurrentOne_AreNotedAndEnd()
    {
        var user = await NewUserAsync("stolen-token");
        var caller = new Caller(user.Id, user.Name, Roles.PermissionsOf([Roles.User]));
        for (var guess = 0; guess < AtMost; guess++)
        {
            Assert.AreEqual("current_password", IdentityReplica.Failure(await ChangeAsync(caller, Wrong)).Field);
        }

        var locked = IdentityReplica.Failure(await ChangeAsync(caller, IdentityReplica.PasswordOf(user.Name)));
        Assert.AreEqual(FailureCodes.RateLimited, locked.Code, "the right one doesn't count any more, either");
        Assert.IsNotNull(locked.RetryAfter);
        Assert.AreEqual(AtMost + 1, await CountAsync(user, AuditActions.PasswordCheckFailed));
        Assert.AreEqual(1, await CountAsync(user, AuditActions.AccountLocked));
    }

    [TestMethod]
    public async Task LogIn_WhileThePasswordChanges_LeavesNoSessionBehind()
    {
        var user = await NewUserAsync("raced");
        var old = IdentityReplica.PasswordOf(user.Name);
        for (var round = 0; round < 4; round++)
        {
            var next = $"the next password is {round} and long";
            var before = old;
            var racing = Enumerable.Range(0, 6).Select(_ => Task.Run(() => s_replica.LogInAsync(user.Name, before, Cancellation, "127.0.0.1"), Cancellation)).ToArray();
            await s_replica.ChangeUserAsync(user.Id, new UserChange(next, null, null, null, null, null), Cancellation);
            foreach (var outcome in await Task.WhenAll(racing))
            {
                if (outcome is Outcome<TokenPair>.Success { Value: var pair })
                {
                    _ = IdentityReplica.Failure(await s_replica.RefreshAsync(pair.RefreshToken, Cancellation));
                }
            }

            old = next;
            await s_replica.ChangeUserAsync(user.Id, new UserChange(null, null, null, null, new Dictionary<string, int>(), null), Cancellation);
        }
    }

    [TestMethod]
    public async Task LogIn_PasswordComparedBeforeAChangeAndWrittenAfterIt_IsRefused()
    {
        var user = await NewUserAsync("overtaken");
        s_hasher.Hold();
        var logIn = Task.Run(() => LogInAsync(user, IdentityReplica.PasswordOf(user.Name), "127.0.0.1", HeldHasher.HoldRight), Cancellation);
        await Eventually.TrueAsync(() => s_hasher.Holding == 1, TimeSpan.FromSeconds(20), "the old password is being compared", Cancellation);

        await s_replica.ChangeUserAsync(user.Id, new UserChange("a wholly different secret", null, null, null, null, null), Cancellation);
        s_hasher.LetGo();

        Assert.IsFalse(await logIn);
        Assert.AreEqual(0, await s_replica.InScopeAsync(services => services.GetRequiredService<Capibara6DbContext>().Set<Session>()
            .CountAsync(session => session.AccountId == user.Id, Cancellation)));
    }

    private Task<UserView> NewUserAsync(string name) => s_replica.CreateUserAsync(name, Roles.User, Cancellation);

    private async Task<bool> LogInAsync(UserView user, string password, string address, string? prefix = null)
    {
        s_hasher.HoldNext = prefix == HeldHasher.HoldRight ? password : null;
        return await s_replica.LogInAsync(user.Name, password, Cancellation, address) is Outcome<TokenPair>.Success;
    }

    private Task<Outcome<UserView>> ChangeAsync(Caller caller, string current) => s_replica.InScopeAsync(services => services.GetRequiredService<IUsers>()
        .ChangePasswordAsync(caller, new PasswordChange(current, "an entirely new secret", RevokeApiKeys: false), new RequestOrigin("203.0.113.9"), Cancellation));

    private Task<int> CountAsync(UserView user, string action) => s_replica.InScopeAsync(services => services.GetRequiredService<Capibara6DbContext>()
        .Set<AuditEvent>().CountAsync(audit => audit.ActorId == user.Id && audit.Action == action, Cancellation));

    /// <summary>Compares as the real one does, and holds chosen comparisons until it is told to let go.</summary>
    private sealed class HeldHasher : IPasswordHasher<Account>
    {
        public const string Held = "held and wrong password";
        public const string HoldRight = "hold";

        private readonly PasswordHasher<Account> _real = new();
        private ManualResetEventSlim _gate = new(initialState: true);
        private int _holding;

        public int Holding => Volatile.Read(ref _holding);

        /// <summary>One more password whose comparison is held.</summary>
        public string? HoldNext { get; set; }

        public void Hold() => (_gate, _holding) = (new ManualResetEventSlim(initialState: false), 0);

        public void LetGo() => _gate.Set();

        public string HashPassword(Account user, string password) => _real.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
        {
            var result = _real.VerifyHashedPassword(user, hashedPassword, providedPassword);
            if (providedPassword == Held || providedPassword == HoldNext)
            {
                Interlocked.Increment(ref _holding);
                _gate.Wait(TimeSpan.FromSeconds(30));
            }

            return result;
        }
    }
}
