using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Capibara6.Core.Identity.Audit;

/// <summary>One administrative act or one failed log-in. Written in the transaction of the act; never changed.</summary>
public sealed class AuditEvent
{
    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Who did it; null when nobody was identified.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>Name of the actor, or the name that a failed log-in gave.</summary>
    public required string ActorName { get; init; }

    /// <summary>One of <see cref="AuditActions"/>.</summary>
    public required string Action { get; init; }

    /// <summary>The account, key or session that it was done to.</summary>
    public string? Subject { get; init; }

    /// <summary>What changed, in words; no secrets.</summary>
    public string? Detail { get; init; }

    public string? ClientAddress { get; init; }
}

/// <summary>The closed vocabulary of the audit log.</summary>
public static class AuditActions
{
    public const string LoginFailed = "login_failed";
    public const string PasswordCheckFailed = "password_check_failed";
    public const string AccountLocked = "account_locked";
    public const string RefreshTokenReused = "refresh_token_reused";
    public const string PasswordChanged = "password_changed";
    public const string UserCreated = "user_created";
    public const string UserChanged = "user_changed";
    public const string UserDeleted = "user_deleted";
    public const string ApiKeyCreated = "api_key_created";
    public const string ApiKeyRevoked = "api_key_revoked";
    public const string SigningKeyRotated = "signing_key_rotated";
    public const string CacheCleared = "cache_cleared";
}

internal sealed class AuditEventConfiguration : IEntityTypeConfiguration<AuditEvent>
{
    public void Configure(EntityTypeBuilder<AuditEvent> builder)
    {
        builder.ToTable("audit_events");
        builder.HasKey(audit => audit.Id);
        builder.Property(audit => audit.ActorName).HasMaxLength(256);
        builder.Property(audit => audit.Action).HasMaxLength(40);
        builder.Property(audit => audit.Subject).HasMaxLength(256);
        builder.Property(audit => audit.Detail).HasMaxLength(1_000);
        builder.Property(audit => audit.ClientAddress).HasMaxLength(45);
        builder.HasIndex(audit => audit.At);
    }
}
