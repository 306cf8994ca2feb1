using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Capibara6.Core.Usage;

/// <summary>
/// What is kept of a query or a job that has ended: who, which model, how it went, how much, how long. Neither the question nor the
/// answer. One for each, whatever dies: a query's goes through a file on this machine, a job's into the transaction of its outcome.
/// </summary>
public sealed record UsageRecord
{
    /// <summary>The outcome of what was answered; else a failure's code, <c>cancelled</c> or <c>error</c>.</summary>
    public const string Answered = "answered";

    /// <summary>The answer's id, a UUIDv7, or the job's: what has one already isn't written again.</summary>
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public Guid? ApiKeyId { get; init; }

    /// <summary>Whether it was an item of a batch.</summary>
    public bool IsJob { get; init; }

    public required string Outcome { get; init; }

    /// <summary>Who answered; null when nobody did.</summary>
    public string? Model { get; init; }

    /// <summary>Whom the router chose; null when it didn't come to that.</summary>
    public string? Route { get; init; }

    public string? Domain { get; init; }

    public bool Cached { get; init; }

    public int PromptTokens { get; init; }

    public int CompletionTokens { get; init; }

    public decimal CostUsd { get; init; }

    /// <summary>From its arrival in the pipeline to its end, in milliseconds.</summary>
    public required double DurationMs { get; init; }

    /// <summary>Time in the stage that routes, in milliseconds; null when it wasn't reached, as the three below.</summary>
    public double? RouteMs { get; init; }

    public double? EnrichMs { get; init; }

    public double? ModelMs { get; init; }

    public double? CodeMs { get; init; }

    public required DateTimeOffset EndedAt { get; init; }
}

internal sealed class UsageRecordConfiguration : IEntityTypeConfiguration<UsageRecord>
{
    /// <summary>The transaction that wrote the row: the order in which rows become visible, by which measurements follow them.</summary>
    public const string TransactionColumn = "xid";

    public void Configure(EntityTypeBuilder<UsageRecord> builder)
    {
        builder.ToTable("usage_records");
        builder.HasKey(record => record.Id);
        builder.Property(record => record.Id).ValueGeneratedNever();
        builder.Property(record => record.Outcome).HasMaxLength(64);
        builder.Property(record => record.Model).HasMaxLength(128);
        builder.Property(record => record.Route).HasMaxLength(128);
        builder.Property(record => record.Domain).HasMaxLength(64);

        // A token of the cheapest model costs fractions of a millionth of a dollar.
        builder.Property(record => record.CostUsd).HasPrecision(18, 9);
        builder.Property<ulong>(TransactionColumn).HasColumnType("xid8").HasDefaultValueSql("pg_current_xact_id()");
        builder.HasIndex(TransactionColumn, nameof(UsageRecord.Id));
    }
}
