using Capibara6.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Capibara6.Core.Usage;

/// <summary>Removes usage records whose time is over.</summary>
public interface IUsageRetention
{
    /// <summary>Removes them, a lot at a time. Throws what the database throws.</summary>
    /// <returns>How many were removed.</returns>
    Task<int> CleanAsync(CancellationToken cancellationToken);
}

/// <inheritdoc cref="IUsageRetention"/>
internal sealed class UsageRetention(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource, IOptions<UsageOptions> options, TimeProvider time)
    : IUsageRetention
{
    private const int Lot = 10_000;

    // Ids are UUIDv7, whose order is that of time: the primary key finds what is old.
    private const string Delete = "DELETE FROM usage_records WHERE id IN (SELECT id FROM usage_records WHERE id < $1 ORDER BY id LIMIT $2)";

    public async Task<int> CleanAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        int lot;
        do
        {
            await using var command = dataSource.CreateCommand(Delete);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = FirstOf(time.GetUtcNow() - options.Value.Retention) });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Lot });
            lot = await command.ExecuteNonQueryAsync(cancellationToken);
            removed += lot;
        }
        while (lot == Lot);
        return removed;
    }

    /// <summary>The least id of a moment: its milliseconds, and zeros.</summary>
    private static Guid FirstOf(DateTimeOffset moment)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(moment).TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[6..].Clear();
        return new Guid(bytes, bigEndian: true);
    }
}
