using Capibara6.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Capibara6.Core.Files;

/// <inheritdoc cref="IFileRetention"/>
internal sealed class FileRetention([FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource, TimeProvider time)
    : IFileRetention
{
    // Its pieces go with it. One file to a statement: a few hundred rows, and no lock for long.
    private const string Delete = "DELETE FROM files WHERE id = (SELECT id FROM files WHERE expires_at < $1 ORDER BY expires_at LIMIT 1)";

    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        int removed;
        do
        {
            await using var command = dataSource.CreateCommand(Delete);
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
            removed = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (removed > 0);
    }
}
