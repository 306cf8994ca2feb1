using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Capibara6.Core.Usage;

/// <summary>What an account or a key has used in a day or a month, and what calls on their way may still use.</summary>
internal sealed class BudgetCounter
{
    /// <summary>Id of the account or of the key.</summary>
    public required Guid SubjectId { get; init; }

    /// <summary>One of <see cref="BudgetPeriods"/>.</summary>
    public required string Period { get; init; }

    /// <summary>First day of the period, UTC.</summary>
    public required DateOnly StartsOn { get; init; }
    public required long TokensSpent { get; init; }
    public required long TokensReserved { get; init; }
    public required decimal CostSpent { get; init; }
    public required decimal CostReserved { get; init; }
}

/// <summary>A call on its way: what it may use at the most. Kept for a day after its end, so that settling twice counts once.</summary>
internal sealed class BudgetReservationRow
{
    public required Guid Id { get; init; }
    public required Guid AccountId { get; init; }
    public Guid? ApiKeyId { get; init; }

    /// <summary>The day whose budgets it counts against, also when the call ends after midnight.</summary>
    public required DateOnly Day { get; init; }
    public required long Tokens { get; init; }
    public required decimal Cost { get; init; }

    /// <summary>By the database's clock. The process that holds it moves this on; a dead one doesn't.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Given back because its process died; null when it wasn't.</summary>
    public DateTimeOffset? ReleasedAt { get; init; }
    public DateTimeOffset? SettledAt { get; init; }
}

internal static class BudgetPeriods
{
    public const string Day = "day";
    public const string Month = "month";
}

internal sealed class BudgetCounterConfiguration : IEntityTypeConfiguration<BudgetCounter>
{
    public void Configure(EntityTypeBuilder<BudgetCounter> builder)
    {
        builder.ToTable("budget_counters");
        builder.HasKey(counter => new { counter.SubjectId, counter.Period, counter.StartsOn });
        builder.Property(counter => counter.Period).HasMaxLength(5);
        builder.Property(counter => counter.CostSpent).HasPrecision(20, 9);
        builder.Property(counter => counter.CostReserved).HasPrecision(20, 9);
    }
}

internal sealed class BudgetReservationConfiguration : IEntityTypeConfiguration<BudgetReservationRow>
{
    public void Configure(EntityTypeBuilder<BudgetReservationRow> builder)
    {
        builder.ToTable("budget_reservations");
        builder.HasKey(reservation => reservation.Id);
        builder.Property(reservation => reservation.Id).ValueGeneratedNever();
        builder.Property(reservation => reservation.Cost).HasPrecision(20, 9);
        builder.HasIndex(reservation => reservation.ExpiresAt).HasFilter("settled_at IS NULL AND released_at IS NULL")
            .HasDatabaseName("ix_budget_reservations_open");
    }
}
