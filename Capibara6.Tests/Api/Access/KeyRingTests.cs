using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Capibara6.Core.Data;
using Capibara6.Core.Identity.SigningKeys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Capibara6.Tests.Api.Access;

/// <summary>The key ring under a certificate: encrypted at rest, readable after a restart, and an error that helps when the file is wrong.</summary>
[TestClass]
public sealed class KeyRingTests
{
    private const string Password = "pfx-password-4711";
    private readonly TemporaryFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [TestCleanup]
    public void DeleteFolder() => _folder.Dispose();

    [TestMethod]
    public async Task Ring_UnderACertificate_IsEncryptedAtRestAndOutlivesARestart()
    {
        await using var database = await MigratedDatabase.CreateAsync(Cancellation);
        var certificate = WriteCertificate("one.pfx");
        string token;
        await using (var host = NewHost(database, certificate))
        {
            token = await TokenAsync(host);
            var stored = await ReadRingAsync(host);
            Assert.IsNotEmpty(stored);
            foreach (var xml in stored)
            {
                Assert.Contains("EncryptedData", xml);
                Assert.DoesNotContain("<masterKey", xml);
            }

            Assert.DoesNotContain(entry => entry.Message.Contains(Password, StringComparison.Ordinal), host.Log.Entries);
        }

        await using (var restarted = NewHost(database, certificate))
        {
            Assert.AreEqual(HttpStatusCode.OK, await TryAsync(restarted, token));
            Assert.AreEqual(KeyOf(token), KeyOf(await TokenAsync(restarted)), "the same key signs on");
        }

        await using var renewed = NewHost(database, WriteCertificate("two.pfx"), previous: certificate);
        Assert.AreEqual(KeyOf(token), KeyOf(await TokenAsync(renewed)), "a renewed certificate, the old one beside it");
    }

    [TestMethod]
    public async Task Ring_CertificateLost_AnotherKeySignsAndNoTokenDies()
    {
        await using var database = await MigratedDatabase.CreateAsync(Cancellation);
        string token;
        await using (var host = NewHost(database, WriteCertificate("one.pfx")))
        {
            token = await TokenAsync(host);
        }

        await using var other = NewHost(database, WriteCertificate("two.pfx"));
        var next = await TokenAsync(other);

        Assert.AreNotEqual(KeyOf(token), KeyOf(next));
        Assert.AreEqual(KeyOf(next), KeyOf(await TokenAsync(other)), "one new key, not one each time");
        Assert.AreEqual(HttpStatusCode.OK, await TryAsync(other, token));
        Assert.AreEqual(HttpStatusCode.OK, await TryAsync(other, next));
        Assert.Contains(
            entry => entry.Level == LogLevel.Error && entry.Message.Contains("DataProtection:PreviousCertificatePath", StringComparison.Ordinal), other.Log.Entries);
    }

    [TestMethod]
    [DataRow("missing", "does not exist")]
    [DataRow("text", "can't be read as a PKCS#12 file")]
    [DataRow("password", "can't be read as a PKCS#12 file")]
    [DataRow("expired", "is valid from")]
    [DataRow("elliptic", "no RSA private key")]
    [DataRow("public", "no RSA private key")]
    public async Task Start_CertificateThatCantServe_FailsAndSaysWhy(string fault, string reason)
    {
        var path = fault switch
        {
            "missing" => Path.Combine(_folder.Path, "nowhere.pfx"),
            "text" => WriteText("text.pfx"),
            "expired" => WriteCertificate("expired.pfx", validDays: -1),
            "elliptic" => WriteElliptic("elliptic.pfx"),
            "public" => WritePublic("public.pfx"),
            _ => WriteCertificate("fine.pfx"),
        };
        await using var database = await MigratedDatabase.CreateAsync(Cancellation);
        using var host = NewHost(database, path, password: fault == "password" ? "wrong-password-4712" : Password);

        var exception = Assert.Throws<Exception>(() => host.Services);

        Assert.Contains("DataProtection:CertificatePath", exception.ToString());
        Assert.Contains(reason, exception.ToString());
        Assert.Contains(path, exception.ToString());
        Assert.DoesNotContain("-password-47", exception.ToString());
    }

    private static AccessHost NewHost(TestDatabase database, string certificate, string password = Password, string? previous = null) => new()
    {
        Database = database.ConnectionString,
        Settings =
        {
            ["DataProtection:CertificatePath"] = certificate,
            ["DataProtection:CertificatePassword"] = password,
            ["DataProtection:PreviousCertificatePath"] = previous,
            ["DataProtection:PreviousCertificatePassword"] = previous is null ? null : Password,
        },
    };

    private async Task<string> TokenAsync(AccessHost host) =>
        (await host.LogInAsync("admin", AccessHost.AdminPassword, Cancellation)).GetProperty("access_token").GetString()!;

    private async Task<HttpStatusCode> TryAsync(AccessHost host, string token)
    {
        using var client = host.ClientWith(token);
        return await AccessHost.StatusAsync(client, "/auth/me", Cancellation);
    }

    private async Task<string[]> ReadRingAsync(AccessHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<Capibara6DbContext>().Set<ProtectionKey>().Select(key => key.Xml).ToArrayAsync(Cancellation);
    }

    private static string KeyOf(string token) => new JsonWebToken(token).Kid;

    private string WriteText(string name) => Write(name, "no certificate"u8.ToArray());

    private string WriteCertificate(string name, int validDays = 30)
    {
        using var key = RSA.Create(2048);
        return WriteSigned(name, new CertificateRequest("CN=key ring", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), validDays);
    }

    private string WriteElliptic(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return WriteSigned(name, new CertificateRequest("CN=key ring", key, HashAlgorithmName.SHA256), validDays: 30);
    }

    private string WritePublic(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=key ring", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var whole = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-60), TimeProvider.System.GetUtcNow().AddDays(30));
        using var half = X509CertificateLoader.LoadCertificate(whole.Export(X509ContentType.Cert));
        return Write(name, half.Export(X509ContentType.Pfx, Password));
    }

    private string WriteSigned(string name, CertificateRequest request, int validDays)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-60), now.AddDays(validDays));
        return Write(name, certificate.Export(X509ContentType.Pfx, Password));
    }

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(_folder.Path, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
