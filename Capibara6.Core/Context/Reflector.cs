using Capibara6.Core.Data;
using Capibara6.Core.ModelClients;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Capibara6.Core.Context;

/// <summary>Judges answers through a model and has the playbooks learn from it. It is the worker's, never in a caller's time.</summary>
public interface IReflector
{
    bool IsEnabled { get; }

    /// <summary>Judges the next answer that waits for it; several workers never take the same. Throws what the database throws.</summary>
    /// <returns>Whether there was one.</returns>
    Task<bool> ReflectAsync(CancellationToken cancellationToken);

    /// <summary>Forgets answers that feedback is not taken on any more.</summary>
    Task CleanAsync(CancellationToken cancellationToken);
}

/// <inheritdoc cref="IReflector"/>
internal sealed class Reflector(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource,
    ModelCalls calls,
    IModelCatalog catalog,
    PlaybookVersions versions,
    IOptions<ContextOptions> options,
    TimeProvider time,
    ILogger<Reflector> logger) : IReflector
{
    private const short MostAttempts = 3;

    // A worker that died does not keep an answer from being judged.
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(5);

    private const string Claim = """
        UPDATE answer_notes SET taken_at = $1, attempts = attempts + 1
        WHERE id = (SELECT id FROM answer_notes WHERE query IS NOT NULL AND (taken_at IS NULL OR taken_at < $2) ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, domain, query, answer, bullets, was_helpful, attempts
        """;

    public bool IsEnabled => options.Value.Enabled;

    public async Task<bool> ReflectAsync(CancellationToken cancellationToken)
    {
        if (!IsEnabled || await ClaimAsync(cancellationToken) is not { } note)
        {
            return false;
        }

        using var span = ContextTelemetry.Source.StartActivity("reflect");
        span?.SetTag("capibara6.domain", note.Domain);
        if (await JudgeAsync(note, cancellationToken) is not { } reflection)
        {
            ContextTelemetry.Reflected("failed");
            if (note.Attempts >= MostAttempts)
            {
                await LearnAsync(note, reflection: null, cancellationToken);
            }

            return true;
        }

        span?.SetTag("capibara6.verdict", reflection.Verdict);
        ContextTelemetry.Reflected(reflection.Verdict);
        await LearnAsync(note, reflection, cancellationToken);
        return true;
    }

    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("DELETE FROM answer_notes WHERE created_at < $1");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() - options.Value.Retention });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<Claimed?> ClaimAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var command = dataSource.CreateCommand(Claim);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now - s_lease });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new Claimed(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<Guid[]>(4),
                reader.IsDBNull(5) ? null : reader.GetBoolean(5), reader.GetInt16(6))
            : null;
    }

    private async Task<Reflection?> JudgeAsync(Claimed note, CancellationToken cancellationToken)
    {
        var texts = await TextsAsync(note.Bullets, cancellationToken);
        ReflectionBullet[] bullets = [.. note.Bullets.Select((id, i) => new ReflectionBullet(i + 1, texts.GetValueOrDefault(id, "")))];
        var body = new ReflectionBody(new ReflectionInput(note.Query, note.Answer, note.WasHelpful, bullets));
        var judge = catalog.Find(options.Value.Judge)?.Id ?? ModelsOptions.LargeId;
        try
        {
            using var answer = await calls.AskAsync(judge, new ModelRequest(ModelRequest.ChatPath, body) { MustHaveText = true }, cancellationToken);
            var reflection = Reflection.Read(ChatText.OfMessage(answer.Body.Span));
            if (reflection is null)
            {
                ContextLog.NotJudged(logger, "the judgement is not of the form that was asked for");
            }

            return reflection;
        }
        catch (ModelCallException exception)
        {
            ContextLog.NotJudged(logger, exception.Fault.ToString());
            return null;
        }
    }

    private async Task<Dictionary<Guid, string>> TextsAsync(Guid[] bullets, CancellationToken cancellationToken)
    {
        var texts = new Dictionary<Guid, string>();
        await using var command = dataSource.CreateCommand("SELECT id, text FROM playbook_bullets WHERE id = ANY($1)");
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = bullets });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            texts.Add(reader.GetGuid(0), reader.GetString(1));
        }

        return texts;
    }

    // What was learned and that it was learned go into one transaction: nothing is learned twice.
    private async Task LearnAsync(Claimed note, Reflection? reflection, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var table = new PlaybookTable(connection, transaction, time.GetUtcNow());
        var isOurs = await table.RunAsync(
            "UPDATE answer_notes SET query = NULL, answer = NULL WHERE id = $1 AND attempts = $2 AND query IS NOT NULL", cancellationToken, note.Id, note.Attempts) > 0;
        var learns = false;
        if (isOurs && reflection is not null && (reflection.Lessons.Count > 0 || note.Bullets.Length > 0)
            && await table.LockOrMakeAsync(note.Domain, name: null, cancellationToken) is { IsFrozen: false } playbook)
        {
            learns = true;
            await new Curator(table, options.Value).ApplyAsync(playbook.Id, note.Bullets, reflection, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        if (learns)
        {
            await versions.RefreshAsync(cancellationToken);
        }
    }

    private sealed record Claimed(Guid Id, string Domain, string Query, string Answer, Guid[] Bullets, bool? WasHelpful, short Attempts);
}
