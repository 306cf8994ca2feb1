using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Capibara6.Core.Jobs;

/// <summary>
/// A batch as stored. While it runs its counts are not: they are counted over its jobs in one statement, so that they
/// always agree. When it has ended they can't change any more, and are kept.
/// </summary>
internal sealed class Batch
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required string AccountName { get; init; }

    public Guid? ApiKeyId { get; init; }

    public required BatchPriority Priority { get; init; }

    public required int Total { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The span that filed it, as W3C's <c>traceparent</c>; null where nothing was traced.</summary>
    public string? TraceParent { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? CancelledAt { get; init; }

    /// <summary>What has not begun by then is not begun any more; null for no such moment.</summary>
    public DateTimeOffset? DeadlineAt { get; init; }

    /// <summary>The client's name for the request, so that sending it again files nothing new; null when it gave none.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>SHA-256 of the request that the key stands for.</summary>
    public byte[]? RequestHash { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Known when the batch has ended, as the two below.</summary>
    public int? Succeeded { get; init; }

    public int? Failed { get; init; }

    public int? Cancelled { get; init; }

    /// <summary>The path of OpenAI's API that its items call; null for a batch of queries, as all below then are.</summary>
    public string? Endpoint { get; init; }

    public Guid? InputFileId { get; init; }

    /// <summary>As the client wrote it.</summary>
    public string? CompletionWindow { get; init; }

    /// <summary>What the client filed with it, a JSON object of texts.</summary>
    public string? Metadata { get; init; }

    /// <summary>How long its files live, in seconds; null for as long as may be.</summary>
    public int? OutputSeconds { get; init; }

    /// <summary>Why the file was not taken, a JSON list; null when it was.</summary>
    public string? Problems { get; init; }

    /// <summary>When its outcomes were in files, and its jobs gone.</summary>
    public DateTimeOffset? FinalizedAt { get; init; }

    public Guid? OutputFileId { get; init; }

    public Guid? ErrorFileId { get; init; }

    /// <summary>Whether the deadline ended some of it; known when it is finalized.</summary>
    public bool HasExpired { get; init; }

    /// <summary>Who is told when it has ended; null for nobody.</summary>
    public string? WebhookUrl { get; init; }

    /// <summary>What the message is signed with; null when it has been told, or never will be.</summary>
    public string? WebhookSecret { get; init; }

    public int WebhookAttempts { get; init; }

    public DateTimeOffset? WebhookNextAt { get; init; }

    public DateTimeOffset? WebhookDoneAt { get; init; }

    public ICollection<Job> Jobs { get; } = [];
}

internal sealed class BatchConfiguration : IEntityTypeConfiguration<Batch>
{
    public void Configure(EntityTypeBuilder<Batch> builder)
    {
        builder.ToTable("batches");
        builder.HasKey(batch => batch.Id);
        builder.Property(batch => batch.Id).ValueGeneratedNever();
        builder.Property(batch => batch.AccountName).HasMaxLength(256);
        builder.Property(batch => batch.Priority).HasConversion<short>();
        builder.Property(batch => batch.TraceParent).HasMaxLength(55);

        builder.Property(batch => batch.IdempotencyKey).HasMaxLength(BatchRules.MaxKeyLength);
        builder.HasIndex(batch => new { batch.AccountId, batch.IdempotencyKey }).IsUnique()
            .HasFilter("idempotency_key IS NOT NULL").HasDatabaseName("ix_batches_idempotency");

        builder.Property(batch => batch.Endpoint).HasMaxLength(64);
        builder.Property(batch => batch.CompletionWindow).HasMaxLength(8);
        builder.Property(batch => batch.Metadata).HasColumnType("json");
        builder.Property(batch => batch.Problems).HasColumnType("json");
        builder.Property(batch => batch.HasExpired).HasDefaultValue(false);

        builder.Property(batch => batch.WebhookUrl).HasMaxLength(2_048);
        builder.Property(batch => batch.WebhookSecret).HasMaxLength(128);
        builder.Property(batch => batch.WebhookAttempts).HasDefaultValue(0);

        // Those whose end is to be told.
        builder.HasIndex(batch => batch.FinishedAt, "ix_batches_webhooks").HasFilter("webhook_url IS NOT NULL AND webhook_done_at IS NULL")
            .HasDatabaseName("ix_batches_webhooks");

        // Those whose outcomes are to be put into files.
        builder.HasIndex(batch => batch.FinishedAt, "ix_batches_unfinalized").HasFilter("endpoint IS NOT NULL AND finalized_at IS NULL").HasDatabaseName("ix_batches_unfinalized");

        // What is past its retention.
        builder.HasIndex(batch => batch.FinishedAt).HasFilter("finished_at IS NOT NULL").HasDatabaseName("ix_batches_finished");

        // An account's batches, newest first.
        builder.HasIndex(batch => new { batch.AccountId, batch.Id });

        // The sweep looks at batches that have not ended.
        builder.HasIndex(batch => batch.Id).HasFilter("finished_at IS NULL").HasDatabaseName("ix_batches_unfinished");
    }
}
