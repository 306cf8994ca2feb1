using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Capibara6.Core.Files;

/// <summary>A file as stored; its bytes are in <see cref="FileChunk"/>s.</summary>
internal sealed class StoredFile
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required string Name { get; init; }

    public required string Purpose { get; init; }

    public required long Bytes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From then on it is not there any more.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>A piece of a file: rows of this size are read and written one at a time.</summary>
internal sealed class FileChunk
{
    /// <summary>The most that a piece holds.</summary>
    public const int MaxBytes = 1_048_576;

    public required Guid FileId { get; init; }

    /// <summary>Its place, from 0.</summary>
    public required int Number { get; init; }

    public required byte[] Data { get; init; }
}

internal sealed class StoredFileConfiguration : IEntityTypeConfiguration<StoredFile>, IEntityTypeConfiguration<FileChunk>
{
    public void Configure(EntityTypeBuilder<StoredFile> builder)
    {
        builder.ToTable("files");
        builder.HasKey(file => file.Id);
        builder.Property(file => file.Id).ValueGeneratedNever();
        builder.Property(file => file.Name).HasMaxLength(FileRules.MaxNameLength);
        builder.Property(file => file.Purpose).HasMaxLength(32);

        // An account's files, newest first.
        builder.HasIndex(file => new { file.AccountId, file.Id });
        builder.HasIndex(file => file.ExpiresAt).HasDatabaseName("ix_files_expiry");
    }

    public void Configure(EntityTypeBuilder<FileChunk> builder)
    {
        builder.ToTable("file_chunks");
        builder.HasKey(chunk => new { chunk.FileId, chunk.Number });
        builder.HasOne<StoredFile>().WithMany().HasForeignKey(chunk => chunk.FileId).OnDelete(DeleteBehavior.Cascade);
    }
}
