using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Capibara6.Tests.Api.Access;

/// <summary>Tokens of an outside provider: a local one that signs like Entra ID, over HTTP, with its own keys.</summary>
[TestClass]
public sealed class EntraIdTests
{
    private const string Tenant = "5f0e4d5c-0000-4000-8000-000000000001";
    private const string Client = "5f0e4d5c-0000-4000-8000-000000000002";
    private static TestDatabase s_database = null!;
    private static Provider s_provider = null!;
    private static AccessHost s_host = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_database = await MigratedDatabase.CreateAsync(context.CancellationToken);
        s_provider = await Provider.StartAsync(context.CancellationToken);
        s_host = new AccessHost
        {
            Database = s_database.ConnectionString,
            Settings =
            {
                ["AzureAd:Instance"] = "https://login.microsoftonline.com/",
                ["AzureAd:TenantId"] = Tenant,
                ["AzureAd:ClientId"] = Client,
                ["AzureAd:MetadataAddress"] = $"{s_provider.Address}/.well-known/openid-configuration",
                ["AzureAd:RequireHttpsMetadata"] = "false",
                ["AzureAd:ValidIssuer"] = s_provider.Issuer,
                ["Identity:CheckCacheLifetime"] = "00:00:00.200",
            },
        };
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await s_host.DisposeAsync();
        await s_provider.DisposeAsync();
        await s_database.DisposeAsync();
    }

    [TestMethod]
    public async Task Token_OfTheTenant_IsAcceptedWithItsAppRoles()
    {
        using var client = s_host.ClientWith(s_provider.Issue("object-1", ["developer", "Something.Else"]));
        var me = await client.GetFromJsonAsync<JsonElement>("/auth/me", TestContext.CancellationToken);
        Assert.AreEqual("developer", me.GetProperty("roles").EnumerateArray().Single().GetString());
        var again = await client.GetFromJsonAsync<JsonElement>("/auth/me", TestContext.CancellationToken);
        Assert.AreEqual(me.GetProperty("id").GetString(), again.GetProperty("id").GetString(), "one person is one account");
        Assert.AreEqual(HttpStatusCode.Forbidden, await AccessHost.StatusAsync(client, "/auth/users", TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task Account_Deactivated_RefusesTheTenantsTokens()
    {
        using var client = s_host.ClientWith(s_provider.Issue("object-2", ["user"]));
        var me = await client.GetFromJsonAsync<JsonElement>("/auth/me", TestContext.CancellationToken);
        using var admin = await s_host.AdminAsync(TestContext.CancellationToken);
        var changed = await admin.PatchAsJsonAsync($"/auth/users/{me.GetProperty("id").GetString()}", new { active = false }, TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.OK, changed.StatusCode);
        Assert.AreEqual(HttpStatusCode.Unauthorized, await AccessHost.StatusAsync(client, "/auth/me", TestContext.CancellationToken));
    }

    [TestMethod]
    [DataRow("issuer")]
    [DataRow("audience")]
    [DataRow("key")]
    [DataRow("expired")]
    [DataRow("roles")]
    public async Task Token_ThatIsNotForUs_IsRefused(string wrong)
    {
        using var client = s_host.ClientWith(s_provider.Issue("object-3", wrong == "roles" ? ["Unknown.Role"] : ["admin"], wrong));
        Assert.AreEqual(HttpStatusCode.Unauthorized, await AccessHost.StatusAsync(client, "/auth/me", TestContext.CancellationToken));
    }

    private sealed class Provider(WebApplication app, RSA key, string address) : IAsyncDisposable
    {
        private readonly RSA _otherKey = RSA.Create(2048);

        public string Address => address;

        public string Issuer => $"{address}/{Tenant}/v2.0";

        public static async Task<Provider> StartAsync(CancellationToken cancellationToken)
        {
            var key = RSA.Create(2048);
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.Urls.Add("http://127.0.0.1:0");
            app.MapGet("/.well-known/openid-configuration", (HttpRequest request) => Results.Content(JsonSerializer.Serialize(
                new { issuer = $"http://{request.Host}/{Tenant}/v2.0", jwks_uri = $"http://{request.Host}/keys" }), "application/json"));
            var parameters = key.ExportParameters(includePrivateParameters: false);
            var keys = JsonSerializer.Serialize(new
            {
                keys = new[] { new { kty = "RSA", use = "sig", kid = "key-1", n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) } },
            });
            app.MapGet("/keys", () => Results.Content(keys, "application/json"));
            await app.StartAsync(cancellationToken);
            return new Provider(app, key, app.Urls.Single());
        }

        public string Issue(string person, string[] roles, string? wrong = null)
        {
            var now = TimeProvider.System.GetUtcNow().UtcDateTime;
            var signing = new RsaSecurityKey(wrong == "key" ? _otherKey : key) { KeyId = "key-1", CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } };
            return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
            {
                Issuer = wrong == "issuer" ? "https://attacker.example" : Issuer,
                Audience = wrong == "audience" ? "another" : Client,
                NotBefore = now.AddHours(-2),
                Expires = wrong == "expired" ? now.AddHours(-1) : now.AddHours(1),
                SigningCredentials = new SigningCredentials(signing, SecurityAlgorithms.RsaSha256),
                Claims = new Dictionary<string, object>
                {
                    ["tid"] = Tenant,
                    ["oid"] = person,
                    ["ver"] = "2.0",
                    ["preferred_username"] = $"{person}@example.org",
                    ["roles"] = roles,
                },
            });
        }

        public async ValueTask DisposeAsync()
        {
            await app.DisposeAsync();
            key.Dispose();
            _otherKey.Dispose();
        }
    }
}
