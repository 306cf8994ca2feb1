using Capibara6.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Capibara6.Core.Jobs;

/// <summary>Removes batches that ended long ago, with their questions and answers.</summary>
public interface IBatchRetention
{
    /// <summary>Removes them, one at a time. Throws what the database throws.</summary>
    /// <returns>How many were removed.</returns>
    Task<int> CleanAsync(CancellationToken cancellationToken);
}

/// <inheritdoc cref="IBatchRetention"/>
internal sealed class BatchRetention(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource, IOptions<JobOptions> options, TimeProvider time)
    : IBatchRetention
{
    // Its jobs go with it. One batch to a statement: up to 10,000 rows, and no lock for long.
    private const string Delete = "DELETE FROM batches WHERE id = (SELECT id FROM batches WHERE finished_at < $1 ORDER BY finished_at LIMIT 1)";

    public async Task<int> CleanAsync(CancellationToken cancellationToken)
    {
        for (var removed = 0; ; removed++)
        {
            await using var command = dataSource.CreateCommand(Delete);
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() - options.Value.Retention });
            if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                return removed;
            }
        }
    }
}
