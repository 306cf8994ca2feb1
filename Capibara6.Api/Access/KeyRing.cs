using System.Xml.Linq;
using Capibara6.Core.Identity.SigningKeys;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Capibara6.Api.Access;

/// <summary>Data Protection's key ring, kept in PostgreSQL so that replicas share it, and what it protects.</summary>
internal static class KeyRing
{
    public static IServiceCollection AddKeyRing(this IServiceCollection services, IConfiguration configuration)
    {
        var protection = services.AddDataProtection().SetApplicationName("capibara6");
        if (KeyRingCertificate.Read(configuration, TimeProvider.System) is { } certificates)
        {
            protection.ProtectKeysWithCertificate(certificates.Current).UnprotectKeysWithAnyCertificate(certificates.All);
        }

        services.AddOptions<KeyManagementOptions>()
            .Configure<IProtectionKeyStore>((options, store) => options.XmlRepository = new Repository(store));
        services.AddSingleton<ISigningKeyProtector, SigningKeyProtector>();
        return services;
    }

    private sealed class Repository(IProtectionKeyStore store) : IXmlRepository
    {
        public IReadOnlyCollection<XElement> GetAllElements() => [.. store.ReadAll().Select(xml => XElement.Parse(xml))];

        public void StoreElement(XElement element, string friendlyName) =>
            store.Add(friendlyName, element.ToString(SaveOptions.DisableFormatting));
    }

    private sealed class SigningKeyProtector(IDataProtectionProvider provider) : ISigningKeyProtector
    {
        private readonly IDataProtector _protector = provider.CreateProtector("Capibara6.SigningKeys.v1");

        public byte[] Protect(byte[] privateKey) => _protector.Protect(privateKey);

        public byte[] Unprotect(byte[] protectedKey) => _protector.Unprotect(protectedKey);
    }
}
