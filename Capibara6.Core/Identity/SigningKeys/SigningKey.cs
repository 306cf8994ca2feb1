using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Capibara6.Core.Identity.SigningKeys;

/// <summary>An ECDSA P-256 key. Published from its creation, signs from <see cref="ActiveFrom"/> until the next one does.</summary>
public sealed class SigningKey
{
    /// <summary>RFC 7638 thumbprint of the public key: the <c>kid</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Public point, base64url.</summary>
    public required string X { get; init; }

    /// <summary>Public point, base64url.</summary>
    public required string Y { get; init; }

    /// <summary>PKCS#8, encrypted by <see cref="ISigningKeyProtector"/>.</summary>
    public required byte[] ProtectedPrivateKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ActiveFrom { get; init; }

    /// <summary>No token of this key counts from here on; null for the newest key.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }
}

/// <summary>Encrypts private keys at rest. The host that issues tokens binds it to its key ring; others never need it.</summary>
public interface ISigningKeyProtector
{
    byte[] Protect(byte[] privateKey);

    byte[] Unprotect(byte[] protectedKey);
}

internal sealed class SigningKeyConfiguration : IEntityTypeConfiguration<SigningKey>
{
    public void Configure(EntityTypeBuilder<SigningKey> builder)
    {
        builder.ToTable("signing_keys");
        builder.HasKey(key => key.Id);
        builder.Property(key => key.Id).HasMaxLength(64);
        builder.Property(key => key.X).HasMaxLength(64);
        builder.Property(key => key.Y).HasMaxLength(64);
    }
}
