using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Capibara6.Api.Access;

/// <summary>
/// What encrypts the key ring, so that a copy of the database gives no keys away: a PKCS#12 file with an RSA key. When it
/// is replaced, the one before still reads what it has encrypted.
/// </summary>
/// <param name="Current">Encrypts.</param>
/// <param name="All">Decrypt.</param>
internal sealed record KeyRingCertificate(X509Certificate2 Current, X509Certificate2[] All)
{
    private const string Section = "DataProtection";

    /// <returns>Null when none is configured: the ring is stored as it is.</returns>
    /// <exception cref="InvalidOperationException">It can't be used; the message says which, why, and what to do.</exception>
    public static KeyRingCertificate? Read(IConfiguration configuration, TimeProvider time)
    {
        var current = Load(configuration, "Certificate");
        var previous = Load(configuration, "PreviousCertificate");
        if (current is null)
        {
            return previous is null ? null : throw new InvalidOperationException(
                $"{Section}:PreviousCertificatePath is set, but {Section}:CertificatePath is not: set it to the certificate that encrypts from now on.");
        }

        if (time.GetUtcNow() is var now && (now > current.NotAfter || now < current.NotBefore))
        {
            throw Unusable(
                "Certificate", configuration, $"holds a certificate that is valid from {current.NotBefore:u} to {current.NotAfter:u}. "
                + $"Set it to a valid one, and {Section}:PreviousCertificatePath to this one, which goes on decrypting what it has encrypted");
        }

        return new KeyRingCertificate(current, previous is null ? [current] : [current, previous]);
    }

    private static X509Certificate2? Load(IConfiguration configuration, string name)
    {
        if (configuration[$"{Section}:{name}Path"] is not { Length: > 0 } path)
        {
            return null;
        }

        if (!File.Exists(path))
        {
            throw Unusable(name, configuration, "does not exist, or this process may not see it");
        }

        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadPkcs12FromFile(path, configuration[$"{Section}:{name}Password"]);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Unusable(name, configuration, $"can't be read as a PKCS#12 file with the password of {Section}:{name}Password", exception);
        }

        using var key = certificate.GetRSAPrivateKey();
        return key is null
            ? throw Unusable(name, configuration, "holds no RSA private key, which encrypting the key ring needs")
            : certificate;
    }

    private static InvalidOperationException Unusable(string name, IConfiguration configuration, string why, Exception? inner = null) =>
        new($"{Section}:{name}Path: '{configuration[$"{Section}:{name}Path"]}' {why}.", inner);
}
