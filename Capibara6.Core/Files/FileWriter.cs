using Npgsql;
using NpgsqlTypes;

namespace Capibara6.Core.Files;

/// <summary>Writes a file piece by piece within the transaction of its connection.</summary>
internal sealed class FileWriter
{
    private readonly NpgsqlConnection _connection;
    private readonly byte[] _piece = new byte[FileChunk.MaxBytes];
    private FileView _view;
    private int _filled;
    private int _number;

    private FileWriter(NpgsqlConnection connection, FileView view) => (_connection, _view) = (connection, view);

    public static async Task<FileWriter> BeginAsync(
        NpgsqlConnection connection, Guid accountId, string name, string purpose, TimeSpan lifetime, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var view = new FileView(Guid.CreateVersion7(now), name, purpose, 0, now, now + lifetime);
        await using var command = new NpgsqlCommand(
            "INSERT INTO files (id, account_id, name, purpose, bytes, created_at, expires_at) VALUES ($1, $2, $3, $4, 0, $5, $6)", connection)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = view.Id },
                new NpgsqlParameter<Guid> { TypedValue = accountId },
                new NpgsqlParameter<string> { TypedValue = name },
                new NpgsqlParameter<string> { TypedValue = purpose },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = view.CreatedAt },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = view.ExpiresAt },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new FileWriter(connection, view);
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            var length = Math.Min(bytes.Length, _piece.Length - _filled);
            bytes[..length].CopyTo(_piece.AsMemory(_filled));
            bytes = bytes[length..];
            _filled += length;
            if (_filled == _piece.Length)
            {
                await FlushAsync(cancellationToken);
            }
        }
    }

    public async Task<FileView> EndAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        await using var command = new NpgsqlCommand("UPDATE files SET bytes = $2 WHERE id = $1", _connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = _view.Id });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = _view.Bytes });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return _view;
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_filled == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand("INSERT INTO file_chunks (file_id, number, data) VALUES ($1, $2, $3)", _connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = _view.Id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _number++ });
        command.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = _piece.AsMemory(0, _filled), NpgsqlDbType = NpgsqlDbType.Bytea });
        await command.ExecuteNonQueryAsync(cancellationToken);
        _view = _view with { Bytes = _view.Bytes + _filled };
        _filled = 0;
    }
}
