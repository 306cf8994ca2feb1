using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Capibara6.Core.Identity.Accounts;

internal sealed class AccountConfiguration : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> builder)
    {
        builder.ToTable("accounts");
        builder.HasKey(account => account.Id);
        builder.Property(account => account.UserName).HasMaxLength(AccountLimits.MaxNameLength).IsRequired();
        builder.Property(account => account.NormalizedUserName).HasMaxLength(AccountLimits.MaxNameLength).IsRequired();
        builder.HasIndex(account => account.NormalizedUserName).IsUnique();
        builder.Property(account => account.Email).HasMaxLength(AccountLimits.MaxEmailLength);
        builder.Property(account => account.NormalizedEmail).HasMaxLength(AccountLimits.MaxEmailLength);
        builder.HasIndex(account => account.NormalizedEmail);
        builder.Property(account => account.SecurityStamp).HasMaxLength(64).IsRequired();
        builder.Property(account => account.ConcurrencyStamp).HasMaxLength(64).IsConcurrencyToken();
        builder.Property(account => account.ExternalId).HasMaxLength(200);
        builder.HasIndex(account => account.ExternalId).IsUnique();
        builder.Property(account => account.RateLimits).HasColumnType("jsonb").HasConversion(
            limits => JsonSerializer.Serialize(limits, JsonSerializerOptions.Default),
            text => JsonSerializer.Deserialize<Dictionary<string, int>>(text, JsonSerializerOptions.Default)!,
            new ValueComparer<Dictionary<string, int>>(
                (left, right) => left!.Count == right!.Count && !left.Except(right).Any(),
                limits => limits.Count,
                limits => new Dictionary<string, int>(limits, StringComparer.Ordinal)));
        builder.ComplexProperty(account => account.Budget);

        // Neither telephones nor second factors: what isn't used isn't stored.
        builder.Ignore(account => account.PhoneNumber);
        builder.Ignore(account => account.PhoneNumberConfirmed);
        builder.Ignore(account => account.TwoFactorEnabled);
    }
}
