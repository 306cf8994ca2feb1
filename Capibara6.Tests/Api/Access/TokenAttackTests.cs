using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capibara6.Core.Identity.SigningKeys;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace Capibara6.Tests.Api.Access;

/// <summary>Forged access tokens, each refused. They are made by hand: no library would make them.</summary>
[TestClass]
public sealed class TokenAttackTests
{
    private const string Protected = "/api/v1/models";
    private static TestDatabase s_database = null!;
    private static AccessHost s_host = null!;
    private static string s_token = null!;
    private static string s_refreshToken = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_database = await MigratedDatabase.CreateAsync(context.CancellationToken);
        s_host = new AccessHost { Database = s_database.ConnectionString };
        using var admin = await s_host.AdminAsync(context.CancellationToken);
        (_, s_token, s_refreshToken) = await s_host.NewUserAsync(admin, "victim", "readonly", context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await s_host.DisposeAsync();
        await s_database.DisposeAsync();
    }

    [TestMethod]
    public async Task Token_Genuine_IsAccepted() => Assert.AreEqual(HttpStatusCode.OK, await TryAsync(s_token));

    [TestMethod]
    [DataRow("none")]
    [DataRow("None")]
    [DataRow("NONE")]
    public async Task Token_AlgorithmNone_IsRefused(string algorithm)
    {
        var (header, payload) = Parts();
        header["alg"] = algorithm;
        await AssertRefusedAsync($"{Encode(header)}.{Encode(payload)}.");
        await AssertRefusedAsync($"{Encode(header)}.{Encode(payload)}.{s_token.Split('.')[2]}");
    }

    [TestMethod]
    public async Task Token_Hs256SignedWithThePublicKey_IsRefused()
    {
        var key = await s_host.Services.GetRequiredService<IVerificationKeys>().ListAsync(TestContext.CancellationToken);
        var (header, payload) = Parts();
        header["alg"] = "HS256";
        using var publicKey = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64UrlEncoder.DecodeBytes(key[0].X), Y = Base64UrlEncoder.DecodeBytes(key[0].Y) },
        });
        byte[][] secrets =
        [
            publicKey.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(publicKey.ExportSubjectPublicKeyInfoPem()),
            Base64UrlEncoder.DecodeBytes(key[0].X),
        ];
        foreach (var secret in secrets)
        {
            var text = $"{Encode(header)}.{Encode(payload)}";
            await AssertRefusedAsync($"{text}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(text)))}");
        }
    }

    [TestMethod]
    public async Task Token_SignedWithAnotherKeyUnderOurKid_IsRefused()
    {
        var (header, payload) = Parts();
        await AssertRefusedAsync(SignAsAttacker(header, payload));
    }

    [TestMethod]
    [DataRow("unknown")]
    [DataRow("../../../../dev/null")]
    [DataRow("/etc/passwd")]
    [DataRow("' OR 1=1 --")]
    [DataRow("")]
    public async Task Token_ForeignOrPathKid_IsRefused(string kid)
    {
        var (header, payload) = Parts();
        header["kid"] = kid;
        await AssertRefusedAsync(SignAsAttacker(header, payload));
        await AssertRefusedAsync($"{Encode(header)}.{Encode(payload)}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(Array.Empty<byte>(), Encoding.ASCII.GetBytes("x")))}");
    }

    [TestMethod]
    [DataRow("jwk")]
    [DataRow("jku")]
    [DataRow("x5u")]
    public async Task Token_BringingItsOwnKey_IsRefused(string parameter)
    {
        var (header, payload) = Parts();
        header[parameter] = parameter == "jwk"
            ? new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = "AAAA", ["y"] = "AAAA" }
            : JsonValue.Create("https://attacker.example/keys.json");
        await AssertRefusedAsync(SignAsAttacker(header, payload));
    }

    [TestMethod]
    [DataRow("exp", -3600)]
    [DataRow("nbf", 3600)]
    public async Task Token_ExpiredOrNotYetValid_IsRefused(string claim, int seconds)
    {
        var (header, payload) = Parts();
        payload[claim] = DateTimeOffset.FromUnixTimeSeconds(payload["iat"]!.GetValue<long>()).AddSeconds(seconds).ToUnixTimeSeconds();
        await AssertRefusedAsync(await SignAsWeDoAsync(header, payload));
    }

    [TestMethod]
    [DataRow("iss", "https://attacker.example")]
    [DataRow("aud", "another-service")]
    [DataRow("sub", "0197a3c0-0000-7000-8000-0000000000ff")]
    [DataRow("sid", "0197a3c0-0000-7000-8000-0000000000ff")]
    [DataRow("stamp", "0000000000000000")]
    public async Task Token_WrongIssuerAudienceSubjectOrSession_IsRefusedThoughWellSigned(string claim, string value)
    {
        var (header, payload) = Parts();
        payload[claim] = value;
        await AssertRefusedAsync(await SignAsWeDoAsync(header, payload));
    }

    [TestMethod]
    public async Task Token_WellSignedUnchanged_IsAccepted()
    {
        // Shows that the two tests before fail for what they change, not for how they sign.
        var (header, payload) = Parts();
        Assert.AreEqual(HttpStatusCode.OK, await TryAsync(await SignAsWeDoAsync(header, payload)));
    }

    [TestMethod]
    [DataRow("JWT")]
    [DataRow("dpop+jwt")]
    public async Task Token_OfAnotherType_IsRefused(string type)
    {
        var (header, payload) = Parts();
        header["typ"] = type;
        await AssertRefusedAsync(await SignAsWeDoAsync(header, payload));
    }

    [TestMethod]
    public async Task Token_ChangedRole_IsRefused()
    {
        var (header, payload) = Parts();
        payload["roles"] = new JsonArray("admin");
        payload["permissions"] = new JsonArray("admin", "api_access");
        await AssertRefusedAsync($"{Encode(header)}.{Encode(payload)}.{s_token.Split('.')[2]}");

        // Even well signed: the account's roles decide, not the token's.
        using var client = s_host.ClientWith(await SignAsWeDoAsync(header, payload));
        Assert.AreEqual(HttpStatusCode.Forbidden, await AccessHost.StatusAsync(client, "/auth/users", TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task RefreshToken_AsAccessToken_IsRefused() => await AssertRefusedAsync(s_refreshToken);

    [TestMethod]
    [DataRow("")]
    [DataRow("a.b.c")]
    [DataRow("eyJhbGciOiJFUzI1NiJ9..")]
    [DataRow("....")]
    public async Task Token_Malformed_IsRefused(string token) => await AssertRefusedAsync(token);

    [TestMethod]
    public async Task Token_OfMegabytes_IsRefused() => await AssertRefusedAsync(s_token + new string('A', 20_000));

    private async Task AssertRefusedAsync(string token) => Assert.AreEqual(HttpStatusCode.Unauthorized, await TryAsync(token), token);

    private async Task<HttpStatusCode> TryAsync(string token)
    {
        using var client = s_host.CreateClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return await AccessHost.StatusAsync(client, Protected, TestContext.CancellationToken);
    }

    private static (JsonObject Header, JsonObject Payload) Parts()
    {
        var parts = s_token.Split('.');
        return (Decode(parts[0]), Decode(parts[1]));
    }

    private static JsonObject Decode(string part) => JsonNode.Parse(Base64UrlEncoder.Decode(part))!.AsObject();

    private static string Encode(JsonObject part) => Base64UrlEncoder.Encode(part.ToJsonString(JsonSerializerOptions.Default));

    private static string SignAsAttacker(JsonObject header, JsonObject payload)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Sign(header, payload, key);
    }

    private async Task<string> SignAsWeDoAsync(JsonObject header, JsonObject payload)
    {
        var credentials = await s_host.Services.GetRequiredService<SigningKeyRing>().GetCurrentAsync(TestContext.CancellationToken);
        return Sign(header, payload, ((ECDsaSecurityKey)credentials.Key).ECDsa);
    }

    private static string Sign(JsonObject header, JsonObject payload, ECDsa key)
    {
        var text = $"{Encode(header)}.{Encode(payload)}";
        return $"{text}.{Base64UrlEncoder.Encode(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
    }
}
