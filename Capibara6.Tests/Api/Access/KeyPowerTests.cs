using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Capibara6.Tests.Api.Access;

/// <summary>What a key may do to its owner's account, and what becomes of keys when the password changes.</summary>
[TestClass]
public sealed class KeyPowerTests
{
    private static TestDatabase s_database = null!;
    private static AccessHost s_host = null!;
    private static HttpClient s_admin = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_database = await MigratedDatabase.CreateAsync(context.CancellationToken);
        s_host = new AccessHost { Database = s_database.ConnectionString, Settings = { ["Identity:CheckCacheLifetime"] = "00:00:00.500" } };
        s_admin = await s_host.AdminAsync(context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        s_admin.Dispose();
        await s_host.DisposeAsync();
        await s_database.DisposeAsync();
    }

    [TestMethod]
    public async Task Key_ItsOwnersOtherKeysAndPassword_AreOutOfItsReach()
    {
        var (_, access, _) = await s_host.NewUserAsync(s_admin, "narrow-key", "developer", Cancellation);
        using var owner = s_host.ClientWith(access);
        var (leakedId, leaked) = await NewKeyAsync(owner, "leaked");
        var (otherId, other) = await NewKeyAsync(owner, "other");
        using var thief = s_host.ClientWith(leaked);

        Assert.AreEqual(HttpStatusCode.NotFound, (await thief.DeleteAsync($"/auth/api-keys/{otherId}", Cancellation)).StatusCode);
        var seen = await thief.GetStringAsync("/auth/api-keys", Cancellation);
        Assert.Contains(leakedId, seen);
        Assert.DoesNotContain(otherId, seen);
        var change = new { current_password = AccessHost.PasswordOf("narrow-key"), new_password = "a completely new secret" };
        Assert.AreEqual(HttpStatusCode.Forbidden, (await thief.PostAsJsonAsync("/auth/password", change, Cancellation)).StatusCode);

        using var second = s_host.ClientWith(other);
        Assert.AreEqual(HttpStatusCode.OK, await AccessHost.StatusAsync(second, "/api/v1/models", Cancellation));
        Assert.AreEqual(HttpStatusCode.NoContent, (await thief.DeleteAsync($"/auth/api-keys/{leakedId}", Cancellation)).StatusCode, "itself it may end");
        Assert.AreEqual(HttpStatusCode.Unauthorized, await AccessHost.StatusAsync(thief, "/api/v1/models", Cancellation));
    }

    [TestMethod]
    [DataRow(null, HttpStatusCode.Unauthorized, DisplayName = "by default they end")]
    [DataRow(false, HttpStatusCode.OK, DisplayName = "kept on request")]
    public async Task Keys_PasswordResetByAnAdministrator_EndUnlessKept(bool? revoke, HttpStatusCode afterwards)
    {
        var name = $"reset-{revoke?.ToString() ?? "default"}";
        var (id, access, _) = await s_host.NewUserAsync(s_admin, name, "developer", Cancellation);
        using var owner = s_host.ClientWith(access);
        var (_, key) = await NewKeyAsync(owner, "nightly");
        using var job = s_host.ClientWith(key);
        Assert.AreEqual(HttpStatusCode.OK, await AccessHost.StatusAsync(job, "/api/v1/models", Cancellation));

        object change = revoke is null ? new { password = "reset by the administrator" } : new { password = "reset by the administrator", revoke_api_keys = revoke };
        Assert.AreEqual(HttpStatusCode.OK, (await s_admin.PatchAsJsonAsync($"/auth/users/{id}", change, Cancellation)).StatusCode);

        Assert.AreEqual(afterwards, await AccessHost.StatusAsync(job, "/api/v1/models", Cancellation));
        Assert.Contains(revoke is null ? "password (API keys revoked: 1)" : "password (API keys kept)", await s_admin.GetStringAsync("/auth/audit?limit=100", Cancellation));
    }

    [TestMethod]
    [DataRow(null, HttpStatusCode.OK, DisplayName = "by default they go on")]
    [DataRow(true, HttpStatusCode.Unauthorized, DisplayName = "ended on request")]
    public async Task Keys_OwnPasswordChanged_GoOnUnlessEnded(bool? revoke, HttpStatusCode afterwards)
    {
        var name = $"own-{revoke?.ToString() ?? "default"}";
        var (_, access, _) = await s_host.NewUserAsync(s_admin, name, "developer", Cancellation);
        using var owner = s_host.ClientWith(access);
        var (_, key) = await NewKeyAsync(owner, "nightly");
        using var job = s_host.ClientWith(key);
        Assert.AreEqual(HttpStatusCode.OK, await AccessHost.StatusAsync(job, "/api/v1/models", Cancellation));

        var (current, next) = (AccessHost.PasswordOf(name), "another long secret of mine");
        object change = revoke is null
            ? new { current_password = current, new_password = next }
            : new { current_password = current, new_password = next, revoke_api_keys = revoke };
        Assert.AreEqual(HttpStatusCode.NoContent, (await owner.PostAsJsonAsync("/auth/password", change, Cancellation)).StatusCode);

        Assert.AreEqual(afterwards, await AccessHost.StatusAsync(job, "/api/v1/models", Cancellation));
    }

    private async Task<(string Id, string Key)> NewKeyAsync(HttpClient owner, string name)
    {
        using var response = await owner.PostAsJsonAsync("/auth/api-keys", new { name }, Cancellation);
        Assert.AreEqual(HttpStatusCode.Created, response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        var made = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return (made.GetProperty("api_key").GetProperty("id").GetString()!, made.GetProperty("key").GetString()!);
    }
}
