using Capibara6.Core.Data;
using Capibara6.Core.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Capibara6.Core.Context;

/// <summary>What people say of answers.</summary>
public interface IAnswerFeedback
{
    /// <summary>
    /// Takes a caller's word on an answer that the caller got, and credits the bullets that the answer was made with. Said again, it
    /// replaces what was said before. <c>answer_not_found</c> when it is not the caller's, too old, or playbooks were off.
    /// </summary>
    /// <param name="comment">At most 2,000 characters; null for none.</param>
    Task<Outcome<bool>> GiveAsync(Caller caller, Guid answer, bool wasHelpful, string? comment, CancellationToken cancellationToken);
}

/// <inheritdoc cref="IAnswerFeedback"/>
internal sealed class AnswerFeedback(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource,
    IOptions<ContextOptions> options,
    PlaybookVersions versions,
    TimeProvider time) : IAnswerFeedback
{
    private const string Take = """
        UPDATE answer_notes n SET was_helpful = $3, comment = $4
        FROM (SELECT id, was_helpful FROM answer_notes WHERE id = $1 AND account_id = $2 AND created_at > $5 FOR UPDATE) before
        WHERE n.id = before.id RETURNING n.domain, n.bullets, before.was_helpful
        """;

    public async Task<Outcome<bool>> GiveAsync(Caller caller, Guid answer, bool wasHelpful, string? comment, CancellationToken cancellationToken)
    {
        if (comment is { Length: > BulletText.MaxCommentLength } || comment?.Contains('\0') == true)
        {
            return new Failure(FailureCodes.InvalidRequest, FailureKind.Invalid, $"'comment' must have at most {BulletText.MaxCommentLength} characters.") { Field = "comment" };
        }

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await TakeAsync(connection, transaction, caller, answer, wasHelpful, comment, cancellationToken) is not { } taken)
        {
            return new Failure(FailureCodes.AnswerNotFound, FailureKind.NotFound, "There is no such answer of yours that feedback is taken on.");
        }

        var hasChanged = await CreditAsync(new PlaybookTable(connection, transaction, time.GetUtcNow()), taken, wasHelpful, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        ContextTelemetry.FeedbackGiven(wasHelpful);
        if (hasChanged)
        {
            await versions.RefreshAsync(cancellationToken);
        }

        return true;
    }

    private async Task<Taken?> TakeAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Caller caller, Guid answer, bool wasHelpful, string? comment, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Take, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = answer });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = caller.AccountId });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = wasHelpful });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = comment });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() - options.Value.Retention });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new Taken(reader.GetString(0), reader.GetFieldValue<Guid[]>(1), reader.IsDBNull(2) ? null : reader.GetBoolean(2))
            : null;
    }

    private async Task<bool> CreditAsync(PlaybookTable table, Taken taken, bool wasHelpful, CancellationToken cancellationToken)
    {
        if (taken.Before == wasHelpful || taken.Bullets.Length == 0
            || await table.LockAsync(taken.Domain, cancellationToken) is not { IsFrozen: false } playbook)
        {
            return false;
        }

        // What was said before is taken back.
        var helpful = (wasHelpful ? 1 : 0) - (taken.Before == true ? 1 : 0);
        var harmful = (wasHelpful ? 0 : 1) - (taken.Before == false ? 1 : 0);
        foreach (var bullet in taken.Bullets)
        {
            await table.CreditAsync(bullet, helpful, harmful, cancellationToken);
        }

        return await new Curator(table, options.Value).RetireAsync(playbook.Id, cancellationToken);
    }

    private sealed record Taken(string Domain, Guid[] Bullets, bool? Before);
}
