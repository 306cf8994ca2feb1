using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Capibara6.Core.Context;

/// <summary>What was learned about one domain, as stored: small bullets that are added, credited and retired one by one.</summary>
internal sealed class Playbook
{
    public required Guid Id { get; init; }

    /// <summary>As the router names it: code, mathematics, …</summary>
    public required string Domain { get; init; }

    public required string Name { get; init; }

    /// <summary>Grows with each change of what queries may be given: cached answers are kept with it.</summary>
    public required long Version { get; init; }

    /// <summary>Nothing learned changes it any more; administrators may.</summary>
    public required bool IsFrozen { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public ICollection<PlaybookBullet> Bullets { get; } = [];
}

/// <summary>One lesson.</summary>
internal sealed class PlaybookBullet
{
    public required Guid Id { get; init; }

    public required Guid PlaybookId { get; init; }

    public required string Text { get; init; }

    /// <summary>Tokens of the text.</summary>
    public required int Tokens { get; init; }

    /// <summary>How often it was judged to have helped.</summary>
    public required int Helpful { get; init; }

    /// <summary>How often it was judged to have done harm.</summary>
    public required int Harmful { get; init; }

    /// <summary>Given to no query any more, and kept so that it is not learned again.</summary>
    public required bool IsRetired { get; init; }

    /// <summary>When its text or its counters last changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}

/// <summary>An answer that can still be judged, by its id.</summary>
internal sealed class AnswerNote
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required string Domain { get; init; }

    /// <summary>The bullets that the model was given.</summary>
    public required Guid[] Bullets { get; init; }

    /// <summary>Kept only of answers that are to be judged, until they are.</summary>
    public string? Query { get; init; }

    public string? Answer { get; init; }

    /// <summary>When a worker last took it to judge it.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    public required short Attempts { get; init; }

    /// <summary>What the caller said: true for helpful; null for nothing.</summary>
    public bool? WasHelpful { get; init; }

    public string? Comment { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class PlaybookConfiguration : IEntityTypeConfiguration<Playbook>
{
    public void Configure(EntityTypeBuilder<Playbook> builder)
    {
        builder.ToTable("playbooks");
        builder.HasKey(playbook => playbook.Id);
        builder.Property(playbook => playbook.Id).ValueGeneratedNever();
        builder.Property(playbook => playbook.Domain).HasMaxLength(BulletText.MaxDomainLength);
        builder.Property(playbook => playbook.Name).HasMaxLength(BulletText.MaxNameLength);
        builder.HasIndex(playbook => playbook.Domain).IsUnique();
    }
}

internal sealed class PlaybookBulletConfiguration : IEntityTypeConfiguration<PlaybookBullet>
{
    public void Configure(EntityTypeBuilder<PlaybookBullet> builder)
    {
        builder.ToTable("playbook_bullets");
        builder.HasKey(bullet => bullet.Id);
        builder.Property(bullet => bullet.Id).ValueGeneratedNever();
        builder.Property(bullet => bullet.Text).HasMaxLength(BulletText.MaxLength);
        builder.HasOne<Playbook>().WithMany(playbook => playbook.Bullets).HasForeignKey(bullet => bullet.PlaybookId).OnDelete(DeleteBehavior.Cascade);

        // What the search looks into. 'english' also finds words of other languages, in the form in which they stand.
        builder.Property<NpgsqlTypes.NpgsqlTsVector>("Search").HasComputedColumnSql("to_tsvector('english', text)", stored: true);
        builder.HasIndex("Search").HasMethod("GIN").HasDatabaseName("ix_playbook_bullets_search");
    }
}

internal sealed class AnswerNoteConfiguration : IEntityTypeConfiguration<AnswerNote>
{
    public void Configure(EntityTypeBuilder<AnswerNote> builder)
    {
        builder.ToTable("answer_notes");
        builder.HasKey(note => note.Id);
        builder.Property(note => note.Id).ValueGeneratedNever();
        builder.Property(note => note.Domain).HasMaxLength(BulletText.MaxDomainLength);
        builder.Property(note => note.Comment).HasMaxLength(BulletText.MaxCommentLength);
        builder.HasIndex(note => note.CreatedAt);
        builder.HasIndex(note => note.CreatedAt).HasFilter("query IS NOT NULL").HasDatabaseName("ix_answer_notes_to_judge");
    }
}
