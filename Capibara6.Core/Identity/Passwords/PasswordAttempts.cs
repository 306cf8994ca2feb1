using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Capibara6.Core.Identity.Passwords;

/// <summary>How an account and a client's address got on with one another: guesses since the last success, and that success.</summary>
internal sealed class PasswordAttempts
{
    /// <summary>The account; for a name that no account has, an id made of the name, so that both cost the same.</summary>
    public required Guid SubjectId { get; init; }

    /// <summary>As limits count addresses: an IPv6 client's /64.</summary>
    public required string Address { get; init; }

    /// <summary>Guesses since the last success, or since the last lock ran out.</summary>
    public required int Failed { get; init; }

    /// <summary>No guess from this address counts until then; null while guesses are left.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    public required DateTimeOffset LastAt { get; init; }

    /// <summary>When the right password last came from this address; null for never. Such an address is known.</summary>
    public DateTimeOffset? SucceededAt { get; init; }
}

internal sealed class PasswordAttemptsConfiguration : IEntityTypeConfiguration<PasswordAttempts>
{
    public void Configure(EntityTypeBuilder<PasswordAttempts> builder)
    {
        builder.ToTable("password_attempts");
        builder.HasKey(attempts => new { attempts.SubjectId, attempts.Address });
        builder.Property(attempts => attempts.Address).HasMaxLength(64);
        builder.HasIndex(attempts => attempts.LastAt);
    }
}
