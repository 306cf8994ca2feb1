using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Compose;

/// <summary>A certificate to start with, so that nginx starts; browsers will warn until a real one takes its place.</summary>
internal static class SelfSignedCertificate
{
    private static readonly TimeSpan s_validity = TimeSpan.FromDays(90);

    public static void CreateIfMissing(WorkloadModel model, PublishingTarget target)
    {
        var keyPath = ComposeSecrets.Path(NginxProxy.Name, NginxProxy.KeyFile);
        if (File.Exists(Path.Combine(target.FinalPath, keyPath)))
        {
            return;
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Create(key, model, (target.Services.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow());
        var certificatePath = ComposeSecrets.Path(NginxProxy.Name, NginxProxy.CertificateFile);
        SecretText.Write(Path.Combine(target.Path, keyPath), key.ExportPkcs8PrivateKeyPem() + "\n", isFolderPrivate: true);
        SecretText.Write(Path.Combine(target.Path, certificatePath), certificate.ExportCertificatePem() + "\n", isFolderPrivate: true);
    }

    private static X509Certificate2 Create(ECDsa key, WorkloadModel model, DateTimeOffset now)
    {
        var request = new CertificateRequest($"CN={model.Application}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        foreach (var name in model.Workloads.Select(static workload => workload.PublicName).OfType<PublicName>())
        {
            names.AddDnsName(name.Host);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        return request.CreateSelfSigned(now.AddDays(-1), now + s_validity);
    }
}
