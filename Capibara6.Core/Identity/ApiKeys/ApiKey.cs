using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Capibara6.Core.Identity.ApiKeys;

/// <summary>A key as the database knows it: never the key itself.</summary>
public sealed class ApiKey
{
    public required Guid Id { get; init; }
    public required Guid AccountId { get; init; }

    /// <summary>The owner's own name for it.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the key.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The key's first characters, so that its owner can tell it from others.</summary>
    public required string Hint { get; init; }

    /// <summary>No wider than the owner's when it was made; narrowed to the owner's at each use.</summary>
    public required string[] Permissions { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Written in lots, up to half a minute late.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
    public BudgetLimits Budget { get; set; } = new();

    public Account? Account { get; init; }
}

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_keys");
        builder.HasKey(key => key.Id);
        builder.Property(key => key.Name).HasMaxLength(AccountLimits.MaxKeyNameLength);
        builder.Property(key => key.Hint).HasMaxLength(16);
        builder.HasIndex(key => key.Hash).IsUnique();
        builder.ComplexProperty(key => key.Budget);
        builder.HasOne(key => key.Account).WithMany().HasForeignKey(key => key.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}
