using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.ServiceDefaults.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Capibara6.Tests.Api.Access;

/// <summary>What holds for every request: a policy, headers, limits, addresses, and what a log may say.</summary>
[TestClass]
public sealed class FrontDoorTests
{
    /// <summary>The short public list. Who adds to it says why in the review.</summary>
    private static readonly string[] s_public =
    [
        "/", "/.well-known/jwks.json", "/.well-known/openid-configuration", "/alive", "/api/v1/docs", "/api/v1/openapi.json", "/auth/login",
        "/auth/logout", "/auth/refresh", "/health", "/metrics",
    ];

    private static TestDatabase s_database = null!;
    private static TestRedis s_redis = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_database = await MigratedDatabase.CreateAsync(context.CancellationToken);
        s_redis = await TestRedis.GetAsync(context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync() => await s_database.DisposeAsync();

    [TestMethod]
    public async Task Endpoints_AllOfThem_HaveAPolicyOrArePublicByName()
    {
        await using var host = NewHost();
        var open = new List<string>();
        foreach (var endpoint in host.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>())
        {
            var path = "/" + endpoint.RoutePattern.RawText?.TrimStart('/');
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            {
                open.Add(path);
                continue;
            }

            var policies = endpoint.Metadata.GetOrderedMetadata<AuthorizationPolicy>();
            Assert.IsTrue(
                policies.SelectMany(policy => policy.Requirements).OfType<PermissionRequirement>().Any(),
                $"{endpoint.DisplayName} asks for no permission and is not public");
        }

        string[] unexpected = [.. open.Where(path => !s_public.Any(known => path == known || path.StartsWith("/api/v1/docs", StringComparison.Ordinal)
            || (known == "/api/v1/openapi.json" && path == "/api/v1/{documentName}.json"))).Distinct()];
        Assert.IsEmpty(unexpected, string.Join(", ", unexpected));
    }

    [TestMethod]
    public async Task Docs_InProduction_AreOffUnlessSwitchedOn()
    {
        await using var host = NewHost();
        using var client = host.ClientWith(null);
        var nothing = await AccessHost.StatusAsync(client, "/api/v1/nothing", Cancellation);
        Assert.AreEqual(nothing, await AccessHost.StatusAsync(client, "/api/v1/docs", Cancellation));
        Assert.AreEqual(nothing, await AccessHost.StatusAsync(client, "/api/v1/openapi.json", Cancellation));
        Assert.Contains("Docs:Enabled", await client.GetStringAsync("/", Cancellation));
    }

    [TestMethod]
    [DataRow("GET", "/api/v1/models")]
    [DataRow("GET", "/v1/models")]
    [DataRow("POST", "/api/v1/query")]
    [DataRow("POST", "/v1/chat/completions")]
    [DataRow("DELETE", "/api/v1/cache")]
    [DataRow("GET", "/health/detailed")]
    [DataRow("GET", "/auth/me")]
    public async Task Call_WithoutCredentials_Gives401WithAChallenge(string method, string path)
    {
        await using var host = NewHost();
        using var client = host.CreateClient();
        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Cancellation);
        Assert.AreEqual(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.AreEqual("Bearer", response.Headers.WwwAuthenticate.ToString());
        Assert.Contains("unauthenticated", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [TestMethod]
    public async Task LogIn_Flood_IsCutAtTenAMinutePerAddress()
    {
        await using var host = NewHost(("RateLimits:Policies:auth:Permits", "10"), ("RateLimits:Policies:auth:Refills", "1"));
        using var client = host.CreateClient();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(index => LogInAsync(client, $"nobody{index}", "203.0.113.1")));
        Assert.AreEqual(10, answers.Count(status => status == HttpStatusCode.Unauthorized));
        Assert.AreEqual(30, answers.Count(status => status == HttpStatusCode.TooManyRequests));
        Assert.AreEqual(HttpStatusCode.Unauthorized, await LogInAsync(client, "nobody", "203.0.113.2"), "others are not in its way");
    }

    [TestMethod]
    public async Task Limits_EveryAnswer_SaysWhereTheClientStands()
    {
        await using var host = NewHost(("RateLimits:Policies:ip:Permits", "2"), ("RateLimits:Policies:ip:Refills", "1"));
        using var client = host.CreateClient();
        client.DefaultRequestHeaders.Add(AccessHost.RemoteAddressHeader, "203.0.113.9");
        using var first = await client.GetAsync("/.well-known/jwks.json", Cancellation);
        Assert.AreEqual("\"ip\";q=2;w=60", first.Headers.GetValues("RateLimit-Policy").Single());
        Assert.StartsWith("\"ip\";r=1;t=", first.Headers.GetValues("RateLimit").Single());
        Assert.AreEqual("2", first.Headers.GetValues("x-ratelimit-limit-requests").Single());
        Assert.AreEqual("1", first.Headers.GetValues("x-ratelimit-remaining-requests").Single());
        Assert.IsTrue(first.Headers.GetValues("x-ratelimit-reset-requests").Single() is [>= '1' and <= '9', .., 's']);
        await client.GetAsync("/.well-known/jwks.json", Cancellation);

        using var third = await client.GetAsync("/.well-known/jwks.json", Cancellation);

        Assert.AreEqual(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.IsTrue(third.Headers.RetryAfter!.Delta is { } wait && wait > TimeSpan.Zero && wait <= TimeSpan.FromMinutes(1));
        var problem = await third.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.AreEqual("rate_limited", problem.GetProperty("code").GetString());
        using var probe = await client.GetAsync("/alive", Cancellation);
        Assert.AreEqual(HttpStatusCode.OK, probe.StatusCode, "probes take no part");
    }

    [TestMethod]
    public async Task Address_ForwardedByAStranger_IsNotBelieved()
    {
        await using var strict = NewHost(("RateLimits:Policies:auth:Permits", "1"), ("RateLimits:Policies:auth:Refills", "1"));
        using var client = strict.CreateClient();
        Assert.AreEqual(HttpStatusCode.Unauthorized, await LogInAsync(client, "a", "203.0.113.20", forwarded: "192.0.2.1"));
        Assert.AreEqual(HttpStatusCode.TooManyRequests, await LogInAsync(client, "a", "203.0.113.20", forwarded: "192.0.2.2"));

        await using var behindProxy = NewHost(
            ("RateLimits:Policies:auth:Permits", "1"), ("RateLimits:Policies:auth:Refills", "1"), ("Access:KnownNetworks:0", "203.0.113.16/28"));
        using var proxied = behindProxy.CreateClient();
        Assert.AreEqual(HttpStatusCode.Unauthorized, await LogInAsync(proxied, "a", "203.0.113.20", forwarded: "192.0.2.11"));
        Assert.AreEqual(HttpStatusCode.Unauthorized, await LogInAsync(proxied, "a", "203.0.113.20", forwarded: "192.0.2.12"));
        Assert.AreEqual(
            HttpStatusCode.TooManyRequests, await LogInAsync(proxied, "a", "203.0.113.20", forwarded: "192.0.2.99, 192.0.2.12"), "only the proxy's own entry counts");
        Assert.AreEqual(
            HttpStatusCode.Unauthorized, await LogInAsync(proxied, "a", "2001:db8:1:1::1"));
        Assert.AreEqual(
            HttpStatusCode.TooManyRequests, await LogInAsync(proxied, "a", "2001:db8:1:1:ffff::2"), "a /64 is one client");
    }

    /// <summary>As published: all private networks are known, and the host's own middleware is on.</summary>
    [TestMethod]
    public async Task Address_ForgedByAClientInAPrivateNetwork_IsNotBelieved()
    {
        await using var host = NewHost(
            ("RateLimits:Policies:auth:Permits", "1"), ("RateLimits:Policies:auth:Refills", "1"), ("ForwardedHeaders_Enabled", "true"),
            ("Access:KnownNetworks:0", "10.0.0.0/8, 192.168.0.0/16,fc00::/7"));
        using var client = host.CreateClient();
        Assert.AreEqual(HttpStatusCode.Unauthorized, await LogInAsync(client, "a", "10.244.1.7", forwarded: "192.0.2.31, 10.9.9.9"));
        Assert.AreEqual(
            HttpStatusCode.TooManyRequests, await LogInAsync(client, "a", "10.244.2.8", forwarded: "192.0.2.32, 10.9.9.9"), "the client made up the first");
        Assert.AreEqual(HttpStatusCode.Unauthorized, await LogInAsync(client, "a", "10.244.1.7", forwarded: "192.0.2.33"), "another client of the same ingress");
        Assert.AreEqual(HttpStatusCode.Unauthorized, await LogInAsync(client, "a", "::ffff:10.244.1.7", forwarded: "192.0.2.34"), "a dual-stack socket");
        Assert.AreEqual(HttpStatusCode.Unauthorized, await LogInAsync(client, "a", "203.0.113.40", forwarded: "192.0.2.35"));
        Assert.AreEqual(HttpStatusCode.TooManyRequests, await LogInAsync(client, "a", "203.0.113.40", forwarded: "192.0.2.36"), "no proxy of ours");
    }

    [TestMethod]
    public async Task Answers_Headers_KeepBrowsersInBounds()
    {
        await using var host = NewHost(("Access:CorsOrigins:0", "https://app.example.org"));
        using var client = await host.AdminAsync(Cancellation);
        using var models = await client.GetAsync("/api/v1/models", Cancellation);
        Assert.AreEqual("nosniff", models.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.AreEqual("DENY", models.Headers.GetValues("X-Frame-Options").Single());
        Assert.Contains("default-src 'none'", models.Headers.GetValues("Content-Security-Policy").Single());
        Assert.IsTrue(models.Headers.CacheControl!.NoStore);

        Assert.AreEqual("https://app.example.org", await PreflightAsync(client, "https://app.example.org"));
        Assert.IsNull(await PreflightAsync(client, "https://evil.example.org"));
    }

    [TestMethod]
    [DataRow("Access:CorsOrigins:0", "*")]
    [DataRow("Access:KnownProxies:0", "everyone")]
    [DataRow("Access:KnownNetworks:0", "10.0.0.0/8,everything")]
    [DataRow("RateLimits:Policies:ip:Permits", "0")]
    [DataRow("Identity:AccessTokenLifetime", "10.00:00:00")]
    public void Start_SettingThatCantBe_FailsAndNamesIt(string name, string value)
    {
        using var host = NewHost((name, value));
        var exception = Assert.Throws<Exception>(() => host.Services);
        Assert.Contains(name.Split(':')[0], exception.ToString());
    }

    [TestMethod]
    public async Task Run_WholeOfIt_LogsNoSecret()
    {
        // Louder than the service ever is: what is not said at Debug is not said at all.
        await using var host = NewHost(
            ("Logging:LogLevel:Microsoft.EntityFrameworkCore", "Debug"), ("Logging:LogLevel:Microsoft.AspNetCore", "Debug"),
            ("Logging:LogLevel:StackExchange.Redis", "Debug"));
        var secrets = new List<string> { AccessHost.AdminPassword };
        using var admin = await host.AdminAsync(Cancellation);
        var (id, access, refresh) = await host.NewUserAsync(admin, "discreet", "developer", Cancellation);
        secrets.AddRange([AccessHost.PasswordOf("discreet"), access, access.Split('.')[2], refresh, admin.DefaultRequestHeaders.Authorization!.Parameter!]);
        using var owner = host.ClientWith(access);
        var made = await (await owner.PostAsJsonAsync("/auth/api-keys", new { name = "quiet" }, Cancellation)).Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        var key = made.GetProperty("key").GetString()!;
        secrets.Add(key);
        using var keyed = host.ClientWith(key);
        await keyed.PostAsJsonAsync("/api/v1/query", new { query = "hello" }, Cancellation);
        await keyed.GetAsync($"/api/v1/models?key={key[..5]}", Cancellation);
        await owner.PostAsJsonAsync("/auth/login", new { username = "discreet", password = "Wrong-but-secret-77" }, Cancellation);
        await owner.PostAsJsonAsync("/auth/password", new { current_password = "Wrong-but-secret-78", new_password = "Next-long-secret-79" }, Cancellation);
        await owner.PostAsJsonAsync("/auth/refresh", new { refresh_token = refresh }, Cancellation);
        await owner.PostAsJsonAsync("/auth/refresh", new { refresh_token = refresh }, Cancellation);
        await admin.PatchAsJsonAsync($"/auth/users/{id}", new { password = "Set-by-admin-secret-80" }, Cancellation);
        secrets.AddRange(["Wrong-but-secret-77", "Wrong-but-secret-78", "Next-long-secret-79", "Set-by-admin-secret-80"]);
        secrets.Add(new Npgsql.NpgsqlConnectionStringBuilder(s_database.ConnectionString).Password!);

        Assert.Contains(entry => entry.Category.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal) && entry.Level == LogLevel.Debug, host.Log.Entries);
        foreach (var (category, _, message) in host.Log.Entries)
        {
            Assert.IsFalse(secrets.Exists(secret => message.Contains(secret, StringComparison.Ordinal)), $"{category} tells a secret");
        }
    }

    [TestMethod]
    public async Task Start_DemoAccounts_ExistInDevelopmentAndStopTheStartElsewhere()
    {
        await using var database = await MigratedDatabase.CreateAsync(Cancellation);
        await using (var development = NewHost(database, Environments.Development))
        {
            foreach (var (name, password) in new[] { ("admin", "admin123"), ("developer", "dev123"), ("readonly", "readonly123") })
            {
                _ = await development.LogInAsync(name, password, Cancellation);
            }

            Assert.Contains(entry => entry.Level == LogLevel.Warning && entry.Message.Contains("demo accounts", StringComparison.Ordinal), development.Log.Entries);
        }

        using var production = NewHost(database, Environments.Production);
        var exception = Assert.Throws<Exception>(() => production.Services);
        Assert.Contains("demo password", exception.ToString());
    }

    private static AccessHost NewHost(params (string Name, string Value)[] settings) => NewHost(s_database, Environments.Production, settings);

    private static AccessHost NewHost(TestDatabase database, string environment, params (string Name, string Value)[] settings)
    {
        var host = new AccessHost
        {
            Database = database.ConnectionString,
            Redis = s_redis.ConnectionString,
            HostEnvironment = environment,
            Settings = { ["RateLimits:KeyPrefix"] = $"{s_redis.Prefix}{Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}:", ["RateLimits:RedisTimeout"] = "00:00:10" },
        };
        foreach (var (name, value) in settings)
        {
            host.Settings[name] = value;
        }

        return host;
    }

    private async Task<HttpStatusCode> LogInAsync(HttpClient client, string name, string address, string? forwarded = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/login") { Content = JsonContent.Create(new { username = name, password = "wrong" }) };
        request.Headers.Add(AccessHost.RemoteAddressHeader, address);
        if (forwarded is not null)
        {
            request.Headers.Add("X-Forwarded-For", forwarded);
        }

        using var response = await client.SendAsync(request, Cancellation);
        return response.StatusCode;
    }

    private async Task<string?> PreflightAsync(HttpClient client, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/v1/query");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        using var response = await client.SendAsync(request, Cancellation);
        return response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;
    }
}
