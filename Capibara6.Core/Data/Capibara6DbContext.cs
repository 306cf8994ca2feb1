using Capibara6.Core.Jobs;
using Capibara6.Core.Usage;
using Microsoft.EntityFrameworkCore;

namespace Capibara6.Core.Data;

/// <summary>
/// The main database as EF Core sees it. Each entity lives in its feature's folder, beside an
/// <see cref="IEntityTypeConfiguration{TEntity}"/> that is found by itself. Keys are UUIDv7 made by the application.
/// Names are snake_case: <see cref="DataServiceCollectionExtensions.AddData"/> sets that, whoever registers the context.
/// </summary>
public sealed class Capibara6DbContext(DbContextOptions<Capibara6DbContext> options) : DbContext(options)
{
    internal DbSet<Batch> Batches => Set<Batch>();

    internal DbSet<Job> Jobs => Set<Job>();

    internal DbSet<UsageRecord> UsageRecords => Set<UsageRecord>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(Capibara6DbContext).Assembly);
}
