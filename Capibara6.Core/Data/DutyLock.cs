using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Capibara6.Core.Data;

/// <summary>
/// Makes of many workers the one that has the scheduled duties. The lock belongs to a connection: when its worker dies, or loses sight of
/// the database, the lock is free for the next.
/// </summary>
public interface IDutyLock : IAsyncDisposable
{
    /// <summary>Whether the lock is held; tries to get it. Throws what the database throws.</summary>
    Task<bool> HoldAsync(CancellationToken cancellationToken);
}

/// <inheritdoc cref="IDutyLock"/>
internal sealed class DutyLock([FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource) : IDutyLock
{
    // The letters "capi6d": any number will do, as long as nobody else in this database uses it.
    private const long AdvisoryLock = 0x_6361_7069_3664;

    private NpgsqlConnection? _connection;
    private bool _held;

    public async Task<bool> HoldAsync(CancellationToken cancellationToken)
    {
        try
        {
            _connection ??= await dataSource.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(_held ? "SELECT true" : $"SELECT pg_try_advisory_lock({AdvisoryLock})", _connection);
            _held = await command.ExecuteScalarAsync(cancellationToken) is true;
            if (!_held)
            {
                // The pool is small, and the next try is seconds away.
                await DisposeAsync();
            }

            return _held;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _held = false;
        if (_connection is { } connection)
        {
            _connection = null;

            // Back in the pool it is reset, which lets go of the lock.
            await connection.DisposeAsync();
        }
    }
}
