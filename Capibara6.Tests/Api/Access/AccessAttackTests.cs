using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Capibara6.Core.Identity.ApiKeys;

namespace Capibara6.Tests.Api.Access;

/// <summary>Attacks on accounts, keys and roles over HTTP, each refused.</summary>
[TestClass]
public sealed class AccessAttackTests
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
        s_host = new AccessHost { Database = s_database.ConnectionString, Settings = { ["Identity:CheckCacheLifetime"] = "00:00:00.500", ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Information" } };
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
    public async Task RefreshToken_Reused_EndsTheSession()
    {
        var (_, access, refresh) = await s_host.NewUserAsync(s_admin, "reuser", "user", Cancellation);
        using var anonymous = s_host.ClientWith(null);
        Assert.AreEqual(HttpStatusCode.OK, await PostAsync(anonymous, "/auth/refresh", new { refresh_token = refresh }));
        Assert.AreEqual(HttpStatusCode.Unauthorized, await PostAsync(anonymous, "/auth/refresh", new { refresh_token = refresh }));

        using var client = s_host.ClientWith(access);
        Assert.AreEqual(HttpStatusCode.Unauthorized, await AccessHost.StatusAsync(client, "/auth/me", Cancellation));
    }

    [TestMethod]
    public async Task ApiKey_OfADeactivatedAccount_IsRefusedAndSoIsARevokedOne()
    {
        var (id, access, _) = await s_host.NewUserAsync(s_admin, "keyholder", "developer", Cancellation);
        using var owner = s_host.ClientWith(access);
        var (firstId, first) = await NewKeyAsync(owner, new { name = "first" });
        var (_, second) = await NewKeyAsync(owner, new { name = "second" });
        using var withFirst = s_host.ClientWith(first);
        using var withSecond = s_host.ClientWith(null);
        withSecond.DefaultRequestHeaders.Add("X-API-Key", second);
        Assert.AreEqual(HttpStatusCode.OK, await AccessHost.StatusAsync(withFirst, "/api/v1/models", Cancellation));
        Assert.AreEqual(HttpStatusCode.OK, await AccessHost.StatusAsync(withSecond, "/api/v1/models", Cancellation));

        Assert.AreEqual(HttpStatusCode.NoContent, (await owner.DeleteAsync($"/auth/api-keys/{firstId}", Cancellation)).StatusCode);
        Assert.AreEqual(HttpStatusCode.Unauthorized, await AccessHost.StatusAsync(withFirst, "/api/v1/models", Cancellation), "at once");

        Assert.AreEqual(HttpStatusCode.OK, (await s_admin.PatchAsJsonAsync($"/auth/users/{id}", new { active = false }, Cancellation)).StatusCode);
        Assert.AreEqual(HttpStatusCode.Unauthorized, await AccessHost.StatusAsync(withSecond, "/api/v1/models", Cancellation));
    }

    [TestMethod]
    public async Task ApiKey_WiderThanItsOwner_IsRefusedAtCreationAndNarrowedAtUse()
    {
        var (id, access, _) = await s_host.NewUserAsync(s_admin, "narrow", "developer", Cancellation);
        using var owner = s_host.ClientWith(access);
        Assert.AreEqual(HttpStatusCode.Forbidden, await PostAsync(owner, "/auth/api-keys", new { name = "wide", permissions = new[] { "admin" } }));
        Assert.AreEqual(HttpStatusCode.BadRequest, await PostAsync(owner, "/auth/api-keys", new { name = "odd", permissions = new[] { "root" } }));

        var (_, key) = await NewKeyAsync(owner, new { name = "runs", permissions = new[] { "execute", "read", "api_access" } });
        using var client = s_host.ClientWith(key);
        Assert.AreEqual(HttpStatusCode.OK, await PostAsync(client, "/api/v1/query", new { query = "x" }));
        Assert.AreEqual(HttpStatusCode.Forbidden, await PostAsync(client, "/auth/api-keys", new { name = "child" }), "a key makes no keys");

        await s_admin.PatchAsJsonAsync($"/auth/users/{id}", new { roles = new[] { "readonly" } }, Cancellation);
        Assert.AreEqual(HttpStatusCode.Forbidden, await PostAsync(client, "/api/v1/query", new { query = "x" }), "the owner may no longer");
        Assert.AreEqual(HttpStatusCode.OK, await AccessHost.StatusAsync(client, "/api/v1/models", Cancellation));
    }

    [TestMethod]
    public async Task ApiKey_AnotherAccountsId_IsNotFound()
    {
        var (_, one, _) = await s_host.NewUserAsync(s_admin, "keys-one", "user", Cancellation);
        var (_, two, _) = await s_host.NewUserAsync(s_admin, "keys-two", "user", Cancellation);
        using var owner = s_host.ClientWith(one);
        using var stranger = s_host.ClientWith(two);
        var (id, key) = await NewKeyAsync(owner, new { name = "mine" });

        Assert.AreEqual(HttpStatusCode.NotFound, (await stranger.DeleteAsync($"/auth/api-keys/{id}", Cancellation)).StatusCode);
        Assert.AreEqual(HttpStatusCode.NotFound, (await stranger.DeleteAsync("/auth/api-keys/not-an-id", Cancellation)).StatusCode);
        Assert.DoesNotContain(id, await stranger.GetStringAsync("/auth/api-keys", Cancellation));
        Assert.Contains(id, await s_admin.GetStringAsync("/auth/api-keys", Cancellation), "an administrator sees all");
        Assert.DoesNotContain(key, await s_admin.GetStringAsync("/auth/api-keys", Cancellation), "nobody sees the secret again");
        using var client = s_host.ClientWith(key);
        Assert.AreEqual(HttpStatusCode.OK, await AccessHost.StatusAsync(client, "/api/v1/models", Cancellation));
    }

    [TestMethod]
    public async Task ApiKey_Mistyped_IsRefusedWithoutALookUp()
    {
        using var admin = await s_host.AdminAsync(Cancellation);
        var (_, key) = await NewKeyAsync(admin, new { name = "typo" });
        var mistyped = key[..^1] + (key[^1] == '0' ? '1' : '0');
        var before = s_host.Log.Entries.Count(IsKeyQuery);
        using var client = s_host.ClientWith(mistyped);

        Assert.AreEqual(HttpStatusCode.Unauthorized, await AccessHost.StatusAsync(client, "/api/v1/models", Cancellation));

        Assert.AreEqual(before, s_host.Log.Entries.Count(IsKeyQuery), "the checksum decides");
        using var unknown = s_host.ClientWith(ApiKeyFormat.Create());
        Assert.AreEqual(HttpStatusCode.Unauthorized, await AccessHost.StatusAsync(unknown, "/api/v1/models", Cancellation));
        Assert.AreEqual(before + 1, s_host.Log.Entries.Count(IsKeyQuery), "one that is well formed is looked up, and this test sees it");

        static bool IsKeyQuery((string Category, Microsoft.Extensions.Logging.LogLevel Level, string Message) entry) =>
            entry.Category == "Microsoft.EntityFrameworkCore.Database.Command" && entry.Message.Contains("FROM api_keys", StringComparison.Ordinal);
    }

    [TestMethod]
    public async Task Credentials_TwoOfThem_AreRefused()
    {
        var (_, access, _) = await s_host.NewUserAsync(s_admin, "polluter", "user", Cancellation);
        using var client = s_host.ClientWith(null);
        foreach (var pollute in new Action<HttpRequestMessage>[]
        {
            request => request.Headers.TryAddWithoutValidation("Authorization", [$"Bearer {access}", $"Bearer {access}"]),
            request => request.Headers.TryAddWithoutValidation("X-API-Key", ["a", "b"]),
            request =>
            {
                request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {access}");
                request.Headers.TryAddWithoutValidation("X-API-Key", "cap6_x");
            },
            request => request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {access}, Bearer {access}"),
            request => request.Headers.TryAddWithoutValidation("Authorization", access),
            request => request.Headers.TryAddWithoutValidation("Authorization", "Basic YWRtaW46YWRtaW4xMjM="),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/models");
            pollute(request);
            using var response = await client.SendAsync(request, Cancellation);
            Assert.AreEqual(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        Assert.AreEqual(
            HttpStatusCode.Unauthorized, await AccessHost.StatusAsync(client, $"/api/v1/models?access_token={access}", Cancellation), "never from the address");
    }

    [TestMethod]
    [DataRow("""{"username":"x1","password":"p","role":"admin"}""", "/auth/login")]
    [DataRow("""{"username":"admin","username":"x","password":"p"}""", "/auth/login")]
    [DataRow("""{"refresh_token":"x","roles":["admin"]}""", "/auth/refresh")]
    [DataRow("""{"current_password":"a","new_password":"b","roles":["admin"]}""", "/auth/password")]
    [DataRow("""{"name":"k","account_id":"0197a3c0-0000-7000-8000-000000000001"}""", "/auth/api-keys")]
    public async Task Body_WithAFieldThatIsNotAsked_IsRefused(string body, string path)
    {
        var name = $"mass{Math.Abs(body.GetHashCode(StringComparison.Ordinal))}";
        var (_, access, _) = await s_host.NewUserAsync(s_admin, name, "user", Cancellation);
        using var client = s_host.ClientWith(access);
        using var response = await client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);
        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);

        var me = await client.GetFromJsonAsync<JsonElement>("/auth/me", Cancellation);
        Assert.AreEqual("user", me.GetProperty("roles")[0].GetString());
    }

    [TestMethod]
    public async Task Users_ByOneWhoIsNoAdministrator_AreForbidden()
    {
        var (id, access, _) = await s_host.NewUserAsync(s_admin, "climber", "developer", Cancellation);
        using var client = s_host.ClientWith(access);
        Assert.AreEqual(HttpStatusCode.Forbidden, (await client.PatchAsJsonAsync($"/auth/users/{id}", new { roles = new[] { "admin" } }, Cancellation)).StatusCode);
        Assert.AreEqual(HttpStatusCode.Forbidden, await PostAsync(client, "/auth/users", new { username = "evil", password = "a long password here", roles = new[] { "admin" } }));
        Assert.AreEqual(HttpStatusCode.Forbidden, await AccessHost.StatusAsync(client, "/auth/audit", Cancellation));
        Assert.AreEqual(HttpStatusCode.Forbidden, await PostAsync(client, "/auth/signing-keys", new { revoke_old = true }));
    }

    [TestMethod]
    public async Task Audit_EveryAdministrativeAct_NamesWhoDidWhatToWhom()
    {
        var (id, access, _) = await s_host.NewUserAsync(s_admin, "audited", "developer", Cancellation, new { roles = new[] { "user" } });
        using var owner = s_host.ClientWith(access);
        var (key, _) = await NewKeyAsync(owner, new { name = "noted" });
        await owner.DeleteAsync($"/auth/api-keys/{key}", Cancellation);
        await PostAsync(owner, "/auth/login", new { username = "audited", password = "wrong" });
        Assert.AreEqual(HttpStatusCode.NoContent, await PostAsync(s_admin, "/auth/signing-keys", new { }));
        Assert.AreEqual(HttpStatusCode.NoContent, (await s_admin.DeleteAsync("/api/v1/cache", Cancellation)).StatusCode);
        Assert.AreEqual(HttpStatusCode.NoContent, (await s_admin.DeleteAsync($"/auth/users/{id}", Cancellation)).StatusCode);

        var page = await s_admin.GetFromJsonAsync<JsonElement>("/auth/audit?limit=100", Cancellation);
        JsonElement[] events = [.. page.GetProperty("events").EnumerateArray()];
        foreach (var (action, actor) in new[]
        {
            ("user_created", "admin"), ("user_changed", "admin"), ("api_key_created", "audited"), ("api_key_revoked", "audited"),
            ("login_failed", "audited"), ("signing_key_rotated", "admin"), ("cache_cleared", "admin"), ("user_deleted", "admin"),
        })
        {
            var found = events.FirstOrDefault(entry => entry.GetProperty("action").GetString() == action && entry.GetProperty("actor_name").GetString() == actor);
            Assert.AreEqual(JsonValueKind.Object, found.ValueKind, $"{action} by {actor} is not in the log");
            Assert.AreEqual("198.51.100.1", found.GetProperty("client_address").GetString());
        }
    }

    [TestMethod]
    [DataRow("/auth/users?limit=1&limit=100")]
    [DataRow("/auth/audit?limit=1&limit=2")]
    [DataRow("/auth/api-keys?limit=abc")]
    [DataRow("/auth/users?before=x&before=y")]
    public async Task Parameter_TwiceOrNoNumber_IsRefused(string path) =>
        Assert.AreEqual(HttpStatusCode.BadRequest, await AccessHost.StatusAsync(s_admin, path, Cancellation));

    // Alone on the machine: other tests' work falls on hashing unevenly, and this one compares times.
    [TestMethod]
    [DoNotParallelize]
    public async Task LogIn_UnknownNameAndWrongPassword_LookAndLastAlike()
    {
        await s_host.NewUserAsync(s_admin, "timed", "user", Cancellation);
        using var client = s_host.ClientWith(null);
        var known = new List<double>();
        var unknown = new List<double>();
        string? text = null;
        for (var round = 0; round < 16; round++)
        {
            // In turn, and each as often first, so that whatever else the machine does falls on both. A sample is four
            // log-ins: single ones alternate between a busy and an idle core, and a median of two modes is either.
            (string, List<double>)[] pair = [("timed", known), ($"nobody{round}", unknown)];
            foreach (var (name, times) in round % 2 == 0 ? pair : pair.Reverse())
            {
                var started = Stopwatch.GetTimestamp();
                for (var attempt = 0; attempt < 4; attempt++)
                {
                    var shown = await RefusedLogInAsync(client, name, $"wrong-{round}-{attempt}");
                    Assert.AreEqual(text ??= shown, shown);
                }

                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        var (one, two) = (Median(known), Median(unknown));
        // Without a hash for the unknown name it would be more than ten; a busy machine alone makes 1.2 of medians.
        Assert.IsLessThan(1.4, Math.Max(one, two) / Math.Min(one, two), $"medians {one:F1} ms and {two:F1} ms");
    }

    private async Task<string> RefusedLogInAsync(HttpClient client, string username, string password)
    {
        using var response = await client.PostAsJsonAsync("/auth/login", new { username, password }, Cancellation);
        Assert.AreEqual(HttpStatusCode.Unauthorized, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return $"{problem.GetProperty("code")} {problem.GetProperty("detail")} {problem.GetProperty("title")}";
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private async Task<(string Id, string Key)> NewKeyAsync(HttpClient owner, object body)
    {
        using var response = await owner.PostAsJsonAsync("/auth/api-keys", body, Cancellation);
        Assert.AreEqual(HttpStatusCode.Created, response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        var made = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return (made.GetProperty("api_key").GetProperty("id").GetString()!, made.GetProperty("key").GetString()!);
    }

    private async Task<HttpStatusCode> PostAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(path, body, Cancellation);
        return response.StatusCode;
    }
}
