using Capibara6.Core;
using Capibara6.Core.Data;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.Audit;
using Capibara6.Core.Identity.Credentials;
using Capibara6.Core.Identity.Tokens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Tests.Core.Identity;

[TestClass]
public sealed class SessionTests
{
    private static TestDatabase s_database = null!;
    private static IdentityReplica s_one = null!;
    private static IdentityReplica s_two = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_database = await MigratedDatabase.CreateAsync(context.CancellationToken);
        Dictionary<string, string?> settings = new() { ["Identity:MaxFailedLogins"] = "3", ["Identity:SigningKeyPublishAhead"] = "00:00:01" };
        s_one = await IdentityReplica.StartAsync(s_database.ConnectionString, context.CancellationToken, settings: settings);
        s_two = await IdentityReplica.StartAsync(s_database.ConnectionString, context.CancellationToken, settings: settings);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await s_one.DisposeAsync();
        await s_two.DisposeAsync();
        await s_database.DisposeAsync();
    }

    [TestMethod]
    public async Task LogIn_FirstAdministrator_CountsOnEveryReplica()
    {
        var tokens = await LogInAsync("admin", IdentityReplica.AdminPassword);

        var here = await s_one.IdentifyAsync(tokens.AccessToken, TestContext.CancellationToken);
        var there = await s_two.IdentifyAsync(tokens.AccessToken, TestContext.CancellationToken);
        Assert.IsTrue(here.Caller.IsAdmin);
        Assert.AreEqual(here.Caller.AccountId, there.Caller.AccountId);
        Assert.AreEqual(TimeSpan.FromMinutes(15), tokens.ExpiresIn);
    }

    [TestMethod]
    [DataRow("admin", "wrong password here")]
    [DataRow("nobody-of-that-name", "wrong password here")]
    [DataRow("admin\0", "wrong password here")]
    [DataRow("", "")]
    public async Task LogIn_WrongCredentials_FailsAlike(string name, string password)
    {
        var failure = IdentityReplica.Failure(await s_one.LogInAsync(name, password, TestContext.CancellationToken));
        Assert.AreEqual("unauthenticated", failure.Code);
        Assert.AreEqual("The name or the password is wrong.", failure.Message);
    }

    [TestMethod]
    public async Task LogIn_ParallelWrongPasswords_AllCountAndLock()
    {
        var user = await s_one.CreateUserAsync("locked-one", Roles.User, TestContext.CancellationToken);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => s_one.LogInAsync(user.Name, "not the password", TestContext.CancellationToken)));

        var failure = IdentityReplica.Failure(await s_two.LogInAsync(user.Name, IdentityReplica.PasswordOf(user.Name), TestContext.CancellationToken));
        Assert.AreEqual("unauthenticated", failure.Code, "the right password doesn't count while the account is locked");
        var events = await s_one.InScopeAsync(services => services.GetRequiredService<Capibara6DbContext>().Set<AuditEvent>()
            .Where(audit => audit.ActorName == user.Name).Select(audit => audit.Action).ToListAsync(TestContext.CancellationToken));
        Assert.AreEqual(4, events.Count(action => action == AuditActions.LoginFailed));
    }

    [TestMethod]
    public async Task Refresh_Twice_SecondRevokesTheFamily()
    {
        var first = await LogInNewAsync("refresher");
        var second = IdentityReplica.Value(await s_two.RefreshAsync(first.RefreshToken, TestContext.CancellationToken));
        _ = await s_one.IdentifyAsync(second.AccessToken, TestContext.CancellationToken);

        _ = IdentityReplica.Failure(await s_one.RefreshAsync(first.RefreshToken, TestContext.CancellationToken));

        _ = IdentityReplica.Failure(await s_one.RefreshAsync(second.RefreshToken, TestContext.CancellationToken));
        await AssertRefusedAsync(s_one, second.AccessToken);
    }

    [TestMethod]
    public async Task Refresh_ManyAtOnce_OneWins()
    {
        var first = await LogInNewAsync("racer");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(index =>
            (index % 2 == 0 ? s_one : s_two).RefreshAsync(first.RefreshToken, TestContext.CancellationToken)));
        Assert.AreEqual(1, outcomes.Count(outcome => outcome is Outcome<TokenPair>.Success));
    }

    [TestMethod]
    public async Task Refresh_UnknownOrMalformed_Fails()
    {
        foreach (var token in new[] { "", "cap6r_", OpaqueToken.Create(), "eyJhbGciOiJub25lIn0.e30." })
        {
            _ = IdentityReplica.Failure(await s_one.RefreshAsync(token, TestContext.CancellationToken));
        }
    }

    [TestMethod]
    public async Task LogOut_OnOneReplica_EndsTheAccessTokenOnTheOther()
    {
        var tokens = await LogInNewAsync("leaver");
        _ = await s_two.IdentifyAsync(tokens.AccessToken, TestContext.CancellationToken);

        await s_one.InScopeAsync(async services =>
        {
            await services.GetRequiredService<ISessions>().LogOutAsync(tokens.RefreshToken, TestContext.CancellationToken);
            return true;
        });

        await AssertRefusedAsync(s_one, tokens.AccessToken);
        await AssertRefusedSoonAsync(s_two, tokens.AccessToken);
        _ = IdentityReplica.Failure(await s_two.RefreshAsync(tokens.RefreshToken, TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task ChangeRole_TokenWithTheOldRole_IsRefusedAndRefreshGivesTheNewRole()
    {
        var tokens = await LogInNewAsync("promoted");
        var identity = await s_one.IdentifyAsync(tokens.AccessToken, TestContext.CancellationToken);
        _ = await s_two.IdentifyAsync(tokens.AccessToken, TestContext.CancellationToken);

        await s_one.ChangeUserAsync(identity.Caller.AccountId, Change(roles: [Roles.ReadOnly]), TestContext.CancellationToken);

        await AssertRefusedAsync(s_one, tokens.AccessToken);
        await AssertRefusedSoonAsync(s_two, tokens.AccessToken);
        var next = IdentityReplica.Value(await s_two.RefreshAsync(tokens.RefreshToken, TestContext.CancellationToken));
        CollectionAssert.AreEqual(
            new[] { Roles.ReadOnly }, (await s_two.IdentifyAsync(next.AccessToken, TestContext.CancellationToken)).Roles.ToArray());
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task ChangePasswordOrDeactivate_EverySession_Ends(bool password)
    {
        var name = password ? "repassworded" : "deactivated";
        var tokens = await LogInNewAsync(name);
        var identity = await s_two.IdentifyAsync(tokens.AccessToken, TestContext.CancellationToken);

        var change = password ? Change(password: "an entirely new secret") : Change(active: false);
        await s_one.ChangeUserAsync(identity.Caller.AccountId, change, TestContext.CancellationToken);

        await AssertRefusedSoonAsync(s_two, tokens.AccessToken);
        _ = IdentityReplica.Failure(await s_one.RefreshAsync(tokens.RefreshToken, TestContext.CancellationToken));
        _ = IdentityReplica.Failure(await s_one.LogInAsync(name, IdentityReplica.PasswordOf(name), TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task ChangeUser_LastAdministrator_IsKept()
    {
        var admin = await s_one.IdentifyAsync((await LogInAsync("admin", IdentityReplica.AdminPassword)).AccessToken, TestContext.CancellationToken);
        var id = admin.Caller.AccountId;
        foreach (var change in new[] { Change(active: false), Change(roles: [Roles.User]) })
        {
            var outcome = await s_one.InScopeAsync(services => services.GetRequiredService<IUsers>().ChangeAsync(
                admin.Caller, id, change, RequestOrigin.None, TestContext.CancellationToken));
            Assert.AreEqual("conflict", IdentityReplica.Failure(outcome).Code);
        }

        var deletion = await s_one.InScopeAsync(services => services.GetRequiredService<IUsers>().DeleteAsync(
            admin.Caller, id, RequestOrigin.None, TestContext.CancellationToken));
        Assert.AreEqual("conflict", IdentityReplica.Failure(deletion).Code);
    }

    private static UserChange Change(string? password = null, string[]? roles = null, bool? active = null) =>
        new(password, null, roles, active, null, null);

    private async Task<TokenPair> LogInAsync(string name, string password) =>
        IdentityReplica.Value(await s_one.LogInAsync(name, password, TestContext.CancellationToken));

    private async Task<TokenPair> LogInNewAsync(string name)
    {
        await s_one.CreateUserAsync(name, Roles.Developer, TestContext.CancellationToken);
        return await LogInAsync(name, IdentityReplica.PasswordOf(name));
    }

    private async Task AssertRefusedAsync(IdentityReplica replica, string token) =>
        Assert.IsInstanceOfType<CredentialCheck.Rejected>(await replica.Credentials.CheckTokenAsync(token, "test", TestContext.CancellationToken));

    /// <summary>Without Redis the other replica learns of it from the database within two seconds.</summary>
    private Task AssertRefusedSoonAsync(IdentityReplica replica, string token) => Eventually.TrueAsync(
        async () => await replica.Credentials.CheckTokenAsync(token, "test", TestContext.CancellationToken) is CredentialCheck.Rejected,
        TimeSpan.FromSeconds(5), "the change is felt", TestContext.CancellationToken);
}
