using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Capibara6.Core.Usage;

/// <summary>What is kept of an answered query: who, which model, how much, how long. Neither the question nor the answer.</summary>
internal sealed class AnsweredQuery
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public Guid? ApiKeyId { get; init; }

    public required string SelectedModel { get; init; }

    public required string ModelUsed { get; init; }

    public required string Domain { get; init; }

    /// <summary>In [0, 1].</summary>
    public required double Complexity { get; init; }

    public required bool Cached { get; init; }

    public required int PromptTokens { get; init; }

    public required int CompletionTokens { get; init; }

    public required decimal CostUsd { get; init; }

    public required double ProcessingTimeMs { get; init; }

    public required DateTimeOffset AnsweredAt { get; init; }
}

internal sealed class AnsweredQueryConfiguration : IEntityTypeConfiguration<AnsweredQuery>
{
    public void Configure(EntityTypeBuilder<AnsweredQuery> builder)
    {
        builder.ToTable("answered_queries");
        builder.HasKey(query => query.Id);
        builder.Property(query => query.Id).ValueGeneratedNever();
        builder.Property(query => query.SelectedModel).HasMaxLength(128);
        builder.Property(query => query.ModelUsed).HasMaxLength(128);
        builder.Property(query => query.Domain).HasMaxLength(64);

        // A token of the cheapest model costs fractions of a millionth of a dollar.
        builder.Property(query => query.CostUsd).HasPrecision(18, 9);
        builder.HasIndex(query => query.AnsweredAt);
        builder.HasIndex(query => new { query.AccountId, query.AnsweredAt });
    }
}
