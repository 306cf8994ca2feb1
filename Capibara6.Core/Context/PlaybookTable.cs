using Npgsql;

namespace Capibara6.Core.Context;

/// <summary>Statements on playbooks within one transaction; a playbook is locked while it is changed.</summary>
internal sealed class PlaybookTable(NpgsqlConnection connection, NpgsqlTransaction? transaction, DateTimeOffset now)
{
    private const string Bullets = """
        SELECT id, text, tokens, helpful, harmful, is_retired, changed_at FROM playbook_bullets WHERE playbook_id = $1 ORDER BY is_retired, id
        """;

    private const string Views = """
        SELECT p.domain, p.name, p.version, p.is_frozen, count(b.id) FILTER (WHERE NOT b.is_retired), count(b.id) FILTER (WHERE b.is_retired), p.updated_at
        FROM playbooks p LEFT JOIN playbook_bullets b ON b.playbook_id = p.id
        WHERE $1 = '' OR p.domain = $1 GROUP BY p.id ORDER BY p.domain
        """;

    /// <summary>Locks the domain's playbook; null when there is none.</summary>
    public async Task<LockedPlaybook?> LockAsync(string domain, CancellationToken cancellationToken)
    {
        await using var command = Command("SELECT id, name, is_frozen FROM playbooks WHERE domain = $1 FOR UPDATE", domain);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new(reader.GetGuid(0), reader.GetString(1), reader.GetBoolean(2)) : null;
    }

    /// <param name="domain">A domain, or empty for all.</param>
    public async Task<IReadOnlyList<PlaybookView>> ViewsAsync(string domain, CancellationToken cancellationToken)
    {
        await using var command = Command(Views, domain);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<PlaybookView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new PlaybookView(
                reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetBoolean(3), (int)reader.GetInt64(4), (int)reader.GetInt64(5),
                await reader.GetFieldValueAsync<DateTimeOffset>(6, cancellationToken)));
        }

        return found;
    }

    public async Task<PlaybookPage> PageAsync(string domain, Guid playbook, CancellationToken cancellationToken) =>
        new((await ViewsAsync(domain, cancellationToken))[0], await BulletsAsync(playbook, cancellationToken));

    /// <summary>The same, and makes one where there is none.</summary>
    public async Task<LockedPlaybook> LockOrMakeAsync(string domain, string? name, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "INSERT INTO playbooks (id, domain, name, version, is_frozen, updated_at) VALUES ($1, $2, $3, 1, false, $4) ON CONFLICT (domain) DO NOTHING",
            Guid.CreateVersion7(now), domain, name ?? domain, now);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return (await LockAsync(domain, cancellationToken))!;
    }

    public async Task<List<BulletView>> BulletsAsync(Guid playbook, CancellationToken cancellationToken)
    {
        await using var command = Command(Bullets, playbook);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var bullets = new List<BulletView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            bullets.Add(new BulletView(
                reader.GetGuid(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetBoolean(5),
                await reader.GetFieldValueAsync<DateTimeOffset>(6, cancellationToken)));
        }

        return bullets;
    }

    public Task AddAsync(Guid playbook, BulletDraft draft, CancellationToken cancellationToken) => RunAsync(
        """
        INSERT INTO playbook_bullets (id, playbook_id, text, tokens, helpful, harmful, is_retired, changed_at) VALUES ($1, $2, $3, $4, $5, $6, false, $7)
        """,
        cancellationToken, Guid.CreateVersion7(now), playbook, draft.Text, BulletText.CountTokens(draft.Text), draft.Helpful, draft.Harmful, now);

    public Task CreditAsync(Guid bullet, int helpful, int harmful, CancellationToken cancellationToken) => RunAsync(
        "UPDATE playbook_bullets SET helpful = greatest(helpful + $2, 0), harmful = greatest(harmful + $3, 0), changed_at = $4 WHERE id = $1",
        cancellationToken, bullet, helpful, harmful, now);

    public Task SetTextAsync(Guid bullet, string text, CancellationToken cancellationToken) => RunAsync(
        "UPDATE playbook_bullets SET text = $2, tokens = $3, changed_at = $4 WHERE id = $1",
        cancellationToken, bullet, text, BulletText.CountTokens(text), now);

    public Task SetRetiredAsync(Guid bullet, bool isRetired, CancellationToken cancellationToken) => RunAsync(
        "UPDATE playbook_bullets SET is_retired = $2, changed_at = $3 WHERE id = $1", cancellationToken, bullet, isRetired, now);

    /// <summary>Notes that what queries are given has changed.</summary>
    public Task TouchAsync(Guid playbook, CancellationToken cancellationToken) => RunAsync(
        "UPDATE playbooks SET version = version + 1, updated_at = $2 WHERE id = $1", cancellationToken, playbook, now);

    public async Task<int> RunAsync(string statement, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Command(statement, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string statement, params object[] values)
    {
        var command = new NpgsqlCommand(statement, connection, transaction);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}

internal sealed record LockedPlaybook(Guid Id, string Name, bool IsFrozen);
