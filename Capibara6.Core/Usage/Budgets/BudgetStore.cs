using Capibara6.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Capibara6.Core.Usage;

/// <summary>How a reservation went: per counter, whether it fits now, and would when others' reservations are given back.</summary>
internal readonly record struct BudgetVerdict(Guid SubjectId, string Period, bool Fits, bool FitsLater);

/// <summary>
/// Runs the statements. Knows nothing of callers and messages. Calls of one account wait for each other's row, so only a
/// few of them may hold a connection at a time: the rest waits here, and leaves the pool to everybody else.
/// </summary>
internal sealed class BudgetStore([FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource database) : IDisposable
{
    private const int MaxReserving = 5;
    private const int MaxSettling = 5;
    private readonly SemaphoreSlim _reserving = new(MaxReserving, MaxReserving);
    private readonly SemaphoreSlim _settling = new(MaxSettling, MaxSettling);

    public async Task<IReadOnlyList<BudgetVerdict>> ReserveAsync(
        BudgetReservationRow reservation, BudgetTarget[] targets, TimeSpan lease, CancellationToken cancellationToken)
    {
        await _reserving.WaitAsync(cancellationToken);
        try
        {
            var verdicts = await TryReserveAsync(reservation, targets, lease, cancellationToken);
            if (verdicts.Count == targets.Length)
            {
                return verdicts;
            }

            // The first call of a period finds no counters; nothing was reserved.
            await using var create = database.CreateCommand(BudgetStatements.CreateCounters);
            AddTargets(create, targets);
            await create.ExecuteNonQueryAsync(cancellationToken);
            return await TryReserveAsync(reservation, targets, lease, cancellationToken);
        }
        finally
        {
            _reserving.Release();
        }
    }

    public async Task SettleAsync(Guid reservation, BudgetTarget[] targets, UsageAmount used, CancellationToken cancellationToken)
    {
        await _settling.WaitAsync(cancellationToken);
        try
        {
            await using var command = database.CreateCommand(BudgetStatements.Settle);
            Add(command, reservation, NpgsqlDbType.Uuid);
            AddTargets(command, targets);
            Add(command, used.Tokens, NpgsqlDbType.Bigint);
            Add(command, used.CostUsd, NpgsqlDbType.Numeric);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        finally
        {
            _settling.Release();
        }
    }

    public async Task CountAsync(IReadOnlyList<(BudgetTarget Target, UsageAmount Used)> used, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BudgetStatements.Count);
        AddTargets(command, [.. used.Select(item => item.Target)]);
        Add(command, used.Select(item => item.Used.Tokens).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint);
        Add(command, used.Select(item => item.Used.CostUsd).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Numeric);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task RenewAsync(Guid[] reservations, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BudgetStatements.Renew);
        Add(command, reservations, NpgsqlDbType.Array | NpgsqlDbType.Uuid);
        Add(command, lease, NpgsqlDbType.Interval);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Number of counters that got something back.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BudgetStatements.Sweep);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BudgetStatements.Clean);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<IReadOnlyDictionary<(Guid, string), (UsageAmount Spent, UsageAmount Reserved)>> ReadAsync(
        BudgetTarget[] targets, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BudgetStatements.Read);
        AddTargets(command, targets);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var counters = new Dictionary<(Guid, string), (UsageAmount, UsageAmount)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            counters[(reader.GetGuid(0), reader.GetString(1))] =
                (new UsageAmount(reader.GetInt64(2), reader.GetDecimal(4)), new UsageAmount(reader.GetInt64(3), reader.GetDecimal(5)));
        }

        return counters;
    }

    public void Dispose()
    {
        _reserving.Dispose();
        _settling.Dispose();
    }

    private async Task<List<BudgetVerdict>> TryReserveAsync(
        BudgetReservationRow reservation, BudgetTarget[] targets, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BudgetStatements.Reserve);
        AddTargets(command, targets);
        Add(command, targets.Select(target => target.TokenLimit).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint);
        Add(command, targets.Select(target => target.CostLimit).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Numeric);
        Add(command, reservation.Tokens, NpgsqlDbType.Bigint);
        Add(command, reservation.Cost, NpgsqlDbType.Numeric);
        Add(command, reservation.Id, NpgsqlDbType.Uuid);
        Add(command, reservation.AccountId, NpgsqlDbType.Uuid);
        Add(command, reservation.ApiKeyId, NpgsqlDbType.Uuid);
        Add(command, reservation.Day, NpgsqlDbType.Date);
        Add(command, lease, NpgsqlDbType.Interval);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var verdicts = new List<BudgetVerdict>(targets.Length);
        while (await reader.ReadAsync(cancellationToken))
        {
            verdicts.Add(new BudgetVerdict(reader.GetGuid(0), reader.GetString(1), reader.GetBoolean(2), reader.GetBoolean(3)));
        }

        return verdicts;
    }

    private static void AddTargets(NpgsqlCommand command, BudgetTarget[] targets)
    {
        Add(command, targets.Select(target => target.SubjectId).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid);
        Add(command, targets.Select(target => target.Period).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(command, targets.Select(target => target.StartsOn).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Date);
    }

    private static void Add(NpgsqlCommand command, object? value, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
}
