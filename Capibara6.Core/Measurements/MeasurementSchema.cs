using Microsoft.Extensions.Logging;
using Npgsql;

namespace Capibara6.Core.Measurements;

/// <summary>
/// Applies the schema's steps. Which of the two sorts it is is decided by the first: with TimescaleDB where the server has it and lets us, else
/// natively; it stays so, because the steps after it build on it.
/// </summary>
internal sealed class MeasurementSchema(MeasurementStore store, ILogger<MeasurementSchema> logger)
{
    // The letters "capi6m", as in the main database.
    private const long AdvisoryLock = 0x_6361_7069_366d;

    private const string Versions = "CREATE TABLE IF NOT EXISTS measurement_schema (step integer PRIMARY KEY, is_timescale boolean NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())";

    private bool? _isTimescale;

    /// <summary>Known after <see cref="MigrateAsync"/>.</summary>
    public bool IsTimescale => _isTimescale ?? throw new InvalidOperationException("The measurements' schema was not migrated yet.");

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        if (_isTimescale is not null)
        {
            return;
        }

        await using var connection = await store.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({AdvisoryLock})", cancellationToken);
        await ExecuteAsync(connection, Versions, cancellationToken);
        var (applied, sort) = await ReadVersionAsync(connection, cancellationToken);
        var isTimescale = sort ?? await TryCreateExtensionAsync(connection, transaction, cancellationToken);
        var steps = isTimescale ? MeasurementSchemaText.Timescale : MeasurementSchemaText.Native;
        for (var step = applied; step < steps.Count; step++)
        {
            foreach (var statement in steps[step])
            {
                await ExecuteAsync(connection, statement, cancellationToken);
            }

            await ExecuteAsync(connection, $"INSERT INTO measurement_schema (step, is_timescale) VALUES ({step + 1}, {isTimescale})", cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        _isTimescale = isTimescale;
        MeasurementLog.Migrated(logger, steps.Count - applied, isTimescale ? "TimescaleDB" : "PostgreSQL's own partitions");
    }

    private static async Task<(int Applied, bool? IsTimescale)> ReadVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT coalesce(max(step), 0), bool_or(is_timescale) FROM measurement_schema", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetBoolean(1));
    }

    private async Task<bool> TryCreateExtensionAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using (var command = new NpgsqlCommand("SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb')", connection))
        {
            if (await command.ExecuteScalarAsync(cancellationToken) is not true)
            {
                return false;
            }
        }

        await transaction.SaveAsync("extension", cancellationToken);
        try
        {
            await ExecuteAsync(connection, "CREATE EXTENSION IF NOT EXISTS timescaledb", cancellationToken);
            return true;
        }
        catch (PostgresException exception)
        {
            // It is installed and not loaded, or this role may not create it.
            MeasurementLog.NoExtension(logger, exception.SqlState);
            await transaction.RollbackAsync("extension", cancellationToken);
            return false;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
