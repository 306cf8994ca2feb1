using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.Core.Identity.ApiKeys;
using Microsoft.Extensions.Logging;

namespace Capibara6.Tests.Api.Access;

/// <summary>Making credentials up costs whoever does it, and nobody else.</summary>
[TestClass]
public sealed class BadCredentialTests
{
    private const int AtMost = 5;
    private const int Flood = 40;

    private static TestDatabase s_database = null!;
    private static AccessHost s_host = null!;
    private static string s_token = null!;
    private static string s_key = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_database = await MigratedDatabase.CreateAsync(context.CancellationToken);
        s_host = new AccessHost
        {
            Database = s_database.ConnectionString,
            Settings = { ["Identity:MaxBadCredentialsPerMinute"] = $"{AtMost}", ["Identity:CheckCacheLifetime"] = "00:00:10", ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Information" },
        };
        using var admin = await s_host.AdminAsync(context.CancellationToken);
        s_token = admin.DefaultRequestHeaders.Authorization!.Parameter!;
        var made = await (await admin.PostAsJsonAsync("/auth/api-keys", new { name = "real" }, context.CancellationToken))
            .Content.ReadFromJsonAsync<JsonElement>(context.CancellationToken);
        s_key = made.GetProperty("key").GetString()!;
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await s_host.DisposeAsync();
        await s_database.DisposeAsync();
    }

    [TestMethod]
    public async Task Keys_MadeUp_AreLookedUpAFewTimesAndRefusedUnreadFromThenOn()
    {
        const string Address = "203.0.113.71";
        Assert.AreEqual(HttpStatusCode.OK, await AskAsync(s_key, Address), "the real one is known here");
        var before = LookUps();

        var answers = await Task.WhenAll(Enumerable.Range(0, Flood).Select(_ => AskAsync(ApiKeyFormat.Create(), Address)));

        Assert.AreEqual(AtMost, answers.Count(status => status == HttpStatusCode.Unauthorized));
        Assert.AreEqual(Flood - AtMost, answers.Count(status => status == HttpStatusCode.TooManyRequests));
        Assert.AreEqual(AtMost, LookUps() - before, "none was looked up beyond the limit");
        Assert.AreEqual(HttpStatusCode.OK, await AskAsync(s_key, Address), "the real one was not pushed out");
        Assert.AreEqual(AtMost, LookUps() - before);
        Assert.AreEqual(HttpStatusCode.Unauthorized, await AskAsync(ApiKeyFormat.Create(), "203.0.113.72"), "other clients are not in its way");
    }

    [TestMethod]
    public async Task Key_UnknownAndShownAgainAndAgain_IsLookedUpOnce()
    {
        var unknown = ApiKeyFormat.Create();
        var before = LookUps();
        for (var i = 0; i < AtMost * 3; i++)
        {
            Assert.AreEqual(HttpStatusCode.Unauthorized, await AskAsync(unknown, "203.0.113.73"));
        }

        Assert.AreEqual(1, LookUps() - before);
    }

    [TestMethod]
    public async Task Tokens_Forged_AreCheckedAFewTimesAndRefusedUnreadFromThenOn()
    {
        const string Address = "203.0.113.74";
        var parts = s_token.Split('.');
        for (var i = 0; i < AtMost + 3; i++)
        {
            var forged = $"{parts[0]}.{parts[1]}.{new string((char)('A' + i), parts[2].Length)}";
            Assert.AreEqual(i < AtMost ? HttpStatusCode.Unauthorized : HttpStatusCode.TooManyRequests, await AskAsync(forged, Address));
        }

        Assert.AreEqual(HttpStatusCode.OK, await AskAsync(s_token, Address), "one that was checked before");
    }

    [TestMethod]
    public async Task Keys_MadeUpFromAnAddressWithNothingLeft_CostNoLookUp()
    {
        await using var host = new AccessHost
        {
            Database = s_database.ConnectionString,
            Settings =
            {
                ["RateLimits:Policies:ip:Permits"] = "3", ["RateLimits:Policies:ip:Window"] = "1.00:00:00", ["RateLimits:Policies:ip:Refills"] = "1",
                ["Identity:MaxBadCredentialsPerMinute"] = "1000", ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Information",
            },
        };
        for (var i = 0; i < 12; i++)
        {
            using var client = host.ClientWith(ApiKeyFormat.Create());
            using var response = await client.GetAsync("/api/v1/models", Cancellation);
            Assert.AreEqual(i < 3 ? HttpStatusCode.Unauthorized : HttpStatusCode.TooManyRequests, response.StatusCode);
            Assert.AreEqual(i >= 3, response.Headers.RetryAfter is not null);
            Assert.Contains("\"ip\";r=", response.Headers.GetValues("RateLimit").Single());
        }

        // The three that were let in, and the first that was not: that one told of the empty bucket.
        Assert.AreEqual(4, LookUps(host));
        using var other = host.ClientWith(ApiKeyFormat.Create());
        other.DefaultRequestHeaders.Add(AccessHost.RemoteAddressHeader, "203.0.113.75");
        Assert.AreEqual(HttpStatusCode.Unauthorized, await AccessHost.StatusAsync(other, "/api/v1/models", Cancellation));
    }

    private async Task<HttpStatusCode> AskAsync(string credential, string address)
    {
        using var client = s_host.ClientWith(credential);
        client.DefaultRequestHeaders.Add(AccessHost.RemoteAddressHeader, address);
        using var response = await client.GetAsync("/api/v1/models", Cancellation);
        Assert.AreEqual(response.StatusCode == HttpStatusCode.TooManyRequests, response.Headers.RetryAfter is not null);
        return response.StatusCode;
    }

    private static int LookUps() => LookUps(s_host);

    private static int LookUps(AccessHost host) => host.Log.Entries.Count(entry =>
        entry.Category == "Microsoft.EntityFrameworkCore.Database.Command" && entry.Level == LogLevel.Information
        && entry.Message.Contains("FROM api_keys", StringComparison.Ordinal));
}
