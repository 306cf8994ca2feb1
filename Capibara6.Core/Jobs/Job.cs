using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Capibara6.Core.Jobs;

/// <summary>The states of a job. The numbers are stored, and stand in the SQL of this folder and in the filters below.</summary>
internal enum JobStatus
{
    Pending = 0,
    Running = 1,
    Succeeded = 2,
    Failed = 3,
    Cancelled = 4,
}

/// <summary>One item of a batch as stored.</summary>
internal sealed class Job
{
    public required Guid Id { get; init; }

    public required Guid BatchId { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>Place in the batch, from 0.</summary>
    public required int Index { get; init; }

    public string? CustomId { get; init; }

    public required string Query { get; init; }

    /// <summary>The item's context as a JSON object; null when it has none.</summary>
    public string? Context { get; init; }

    public required string Model { get; init; }

    /// <summary>What the item sets beside these, as JSON; null when nothing.</summary>
    public string? Settings { get; init; }

    public required BatchPriority Priority { get; init; }

    /// <summary>
    /// Virtual start time of fair queuing: within a priority, jobs are taken in this order. A new batch begins at the
    /// turn that is being served, so that a small batch does not wait for the whole of a large one before it.
    /// </summary>
    public required long Turn { get; init; }

    public required JobStatus Status { get; init; }

    /// <summary>How often a worker has begun it.</summary>
    public int Attempts { get; init; }

    /// <summary>Not to be taken before this moment; moved by back-off.</summary>
    public required DateTimeOffset AvailableAt { get; init; }

    /// <summary>The claim that holds this job: who writes must show it.</summary>
    public Guid? LeaseId { get; init; }

    /// <summary>When the claim ends, by the database's clock.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The answer as JSON; null unless it succeeded.</summary>
    public string? Result { get; init; }

    public string? ErrorCode { get; init; }

    public FailureKind? ErrorKind { get; init; }

    public string? ErrorMessage { get; init; }
}

internal sealed class JobConfiguration : IEntityTypeConfiguration<Job>
{
    public void Configure(EntityTypeBuilder<Job> builder)
    {
        builder.ToTable("jobs", table => table.HasCheckConstraint(
            "ck_jobs_outcome", "(status = 2) = (result IS NOT NULL) AND (status = 3) = (error_code IS NOT NULL)"));
        builder.HasKey(job => job.Id);
        builder.Property(job => job.Id).ValueGeneratedNever();
        builder.Property(job => job.CustomId).HasMaxLength(256);
        builder.Property(job => job.Context).HasColumnType("json");
        builder.Property(job => job.Settings).HasColumnType("json");
        builder.Property(job => job.Model).HasMaxLength(128);
        builder.Property(job => job.Priority).HasConversion<short>();
        builder.Property(job => job.Status).HasConversion<short>();
        builder.Property(job => job.Result).HasColumnType("json");
        builder.Property(job => job.ErrorCode).HasMaxLength(64);
        builder.Property(job => job.ErrorKind).HasConversion<short?>();
        builder.HasOne<Batch>().WithMany(batch => batch.Jobs).HasForeignKey(job => job.BatchId).OnDelete(DeleteBehavior.Cascade);

        // Results in the order of the batch's items; no item twice.
        builder.HasIndex(job => new { job.BatchId, job.Index }).IsUnique();

        // Counts by status without reading the rows.
        builder.HasIndex(job => new { job.BatchId, job.Status });

        // The next job to claim.
        builder.HasIndex(job => new { job.Priority, job.Turn, job.Id })
            .IsDescending(true, false, false).HasFilter("status = 0").HasDatabaseName("ix_jobs_claim");

        // Where an account's next batch begins.
        builder.HasIndex(job => new { job.AccountId, job.Priority, job.Turn })
            .HasFilter("status = 0").HasDatabaseName("ix_jobs_account_turn");

        // Leases that ran out.
        builder.HasIndex(job => job.LeaseUntil).HasFilter("status = 1").HasDatabaseName("ix_jobs_leases");
    }
}
