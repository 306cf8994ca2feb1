using System.Runtime.CompilerServices;
using Capibara6.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Capibara6.Core.Files;

/// <summary>The statements over files. Ownership and expiry are part of each that a caller reaches.</summary>
internal sealed class FileStore([FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource, TimeProvider time)
{
    private const int CopyBytes = 64 * 1024;

    private const string Columns = "id, name, purpose, bytes, created_at, expires_at";

    private const string FindSql = $"SELECT {Columns} FROM files WHERE account_id = $1 AND id = $2 AND expires_at > $3";

    private const string ListSql = $"SELECT {Columns} FROM files WHERE account_id = $1 AND expires_at > $2 AND ($3::text IS NULL OR purpose = $3)";

    private const string NewestFirst = ListSql + " AND ($4::uuid IS NULL OR id < $4) ORDER BY id DESC LIMIT $5";

    private const string OldestFirst = ListSql + " AND ($4::uuid IS NULL OR id > $4) ORDER BY id LIMIT $5";

    public async Task<FileView?> FindAsync(Guid id, Guid accountId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(FindSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = accountId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ViewOf(reader) : null;
    }

    public async Task<IReadOnlyList<FileView>> ListAsync(
        Guid accountId, string? purpose, Guid? after, int limit, bool oldestFirst, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(oldestFirst ? OldestFirst : NewestFirst);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = accountId });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)purpose ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)after ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var files = new List<FileView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            files.Add(ViewOf(reader));
        }

        return files;
    }

    /// <summary>No connection is held while the reader of a piece takes its time.</summary>
    public async IAsyncEnumerable<byte[]> ReadAsync(Guid id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = 0; await ReadPieceAsync(id, number, cancellationToken) is { } piece; number++)
        {
            yield return piece;
        }
    }

    public async Task<bool> DeleteAsync(Guid id, Guid accountId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("DELETE FROM files WHERE account_id = $1 AND id = $2");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = accountId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <returns>Null when the account's files would be too much with it.</returns>
    public async Task<FileView?> StoreAsync(NewFile file, Guid accountId, TimeSpan lifetime, long accountBytes, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await CountAsync(connection, accountId, cancellationToken) + file.Content.Length > accountBytes)
        {
            return null;
        }

        var writer = await FileWriter.BeginAsync(connection, accountId, file.Name, file.Purpose, lifetime, time, cancellationToken);
        file.Content.Position = 0;
        var buffer = new byte[CopyBytes]; // the writer gathers pieces
        while (await file.Content.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            await writer.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        var view = await writer.EndAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return view;
    }

    /// <summary>Two uploads of an account at once are counted one after the other.</summary>
    private async Task<long> CountAsync(NpgsqlConnection connection, Guid accountId, CancellationToken cancellationToken)
    {
        await using (var gate = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", connection))
        {
            gate.Parameters.Add(new NpgsqlParameter<string> { TypedValue = $"files:{accountId}" });
            await gate.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = new NpgsqlCommand("SELECT coalesce(sum(bytes), 0)::bigint FROM files WHERE account_id = $1 AND expires_at > $2", connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = accountId });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<byte[]?> ReadPieceAsync(Guid id, int number, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT data FROM file_chunks WHERE file_id = $1 AND number = $2");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
        return (byte[]?)await command.ExecuteScalarAsync(cancellationToken);
    }

    private static FileView ViewOf(NpgsqlDataReader reader) => new(
        reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3),
        reader.GetFieldValue<DateTimeOffset>(4), reader.GetFieldValue<DateTimeOffset>(5));
}
