using System.Diagnostics.Metrics;
using System.Text.Json;
using Capibara6.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Capibara6.Core.Jobs;

/// <summary>Tells the ends of batches to those who asked for it, at least once.</summary>
public interface IWebhooks
{
    /// <summary>Sends what is due; of several workers each message is one's at a time. Throws what the database throws.</summary>
    /// <returns>How many were sent or tried.</returns>
    Task<int> SendDueAsync(CancellationToken cancellationToken);
}

/// <inheritdoc cref="IWebhooks"/>
internal sealed class Webhooks(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource, WebhookCalls calls, IOptions<WebhookOptions> options,
    ILogger<Webhooks> logger) : IWebhooks
{
    private const int AtATime = 16;

    // Longer than a receiver may take: who dies meanwhile leaves the message to another.
    private const string Claim = """
        UPDATE batches b SET webhook_attempts = webhook_attempts + 1, webhook_next_at = now() + interval '2 minutes'
        FROM (
            SELECT id FROM batches
            WHERE webhook_url IS NOT NULL AND webhook_done_at IS NULL AND finished_at IS NOT NULL AND (webhook_next_at IS NULL OR webhook_next_at <= now())
            ORDER BY finished_at LIMIT $1 FOR UPDATE SKIP LOCKED) due
        WHERE b.id = due.id
        RETURNING b.id, b.webhook_url, b.webhook_secret, b.webhook_attempts, b.total, b.succeeded, b.failed, b.cancelled, b.created_at, b.finished_at,
            b.cancelled_at IS NOT NULL AND b.cancelled > 0
        """;

    // The secret is not kept longer than it is needed.
    private const string Done = "UPDATE batches SET webhook_done_at = now(), webhook_secret = NULL WHERE id = $1";

    private const string Again = "UPDATE batches SET webhook_next_at = now() + $2 WHERE id = $1";

    private static readonly TimeSpan s_longestDelay = TimeSpan.FromHours(6);
    private static readonly Meter s_meter = new("Capibara6.Webhooks");

    private static readonly Counter<long> s_sent = s_meter.CreateCounter<long>(
        "capibara6.webhooks.sent", unit: "{message}", description: "Messages at the end of batches, by outcome: delivered, failed (tried again) or given_up.");

    public async Task<int> SendDueAsync(CancellationToken cancellationToken)
    {
        var messages = await ClaimAsync(cancellationToken);
        await Task.WhenAll(messages.Select(message => SendAsync(message, cancellationToken)));
        return messages.Count;
    }

    private async Task SendAsync(Message message, CancellationToken cancellationToken)
    {
        var status = BatchWebhook.KeyOf(message.Secret) is { } key
            ? await calls.SendAsync(message.Event.Data.Id, message.Url, key, JsonSerializer.SerializeToUtf8Bytes(message.Event, JobJson.Default.WebhookEvent), cancellationToken)
            : 410;
        switch (status)
        {
            case >= 200 and < 300:
                s_sent.Add(1, new KeyValuePair<string, object?>("outcome", "delivered"));
                await ExecuteAsync(Done, message, null, cancellationToken);
                break;

            // Gone: the receiver wants no more of it.
            case 410:
            case var _ when message.Attempts >= options.Value.MaxAttempts:
                s_sent.Add(1, new KeyValuePair<string, object?>("outcome", "given_up"));
                WebhookLog.GivenUp(logger, message.Event.Data.Id, message.Attempts, status);
                await ExecuteAsync(Done, message, null, cancellationToken);
                break;
            default:
                s_sent.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
                await ExecuteAsync(Again, message, DelayAfter(message.Attempts), cancellationToken);
                break;
        }
    }

    private TimeSpan DelayAfter(int attempts)
    {
        var delay = options.Value.RetryDelay * Math.Pow(4, attempts - 1);
        return (delay < s_longestDelay ? delay : s_longestDelay) * (0.75 + (Random.Shared.NextDouble() / 2));
    }

    private async Task<List<Message>> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Claim);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = AtATime });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var messages = new List<Message>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var finished = reader.GetFieldValue<DateTimeOffset>(9).UtcDateTime;
            var status = reader.GetBoolean(10) ? "cancelled" : "completed";
            messages.Add(new Message(
                reader.GetString(1), reader.GetString(2), reader.GetInt32(3),
                new WebhookEvent($"batch.{status}", finished, new WebhookBatch(
                    reader.GetGuid(0), status, reader.GetInt32(4), reader.GetInt32(5), reader.GetInt32(6), reader.GetInt32(7),
                    reader.GetFieldValue<DateTimeOffset>(8).UtcDateTime, finished))));
        }

        return messages;
    }

    private async Task ExecuteAsync(string sql, Message message, TimeSpan? delay, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = message.Event.Data.Id });
        if (delay is { } wait)
        {
            command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = wait });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Message(string Url, string Secret, int Attempts, WebhookEvent Event);
}

/// <summary>What a receiver gets.</summary>
internal sealed record WebhookEvent(string Type, DateTime Timestamp, WebhookBatch Data);

/// <summary>The batch that has ended; its results are to be fetched.</summary>
internal sealed record WebhookBatch(
    Guid Id, string Status, int Total, int Succeeded, int Failed, int Cancelled, DateTime CreatedAt, DateTime FinishedAt);

/// <summary>Messages of this feature: event ids 1750 to 1759. No address, no secret.</summary>
internal static partial class WebhookLog
{
    [LoggerMessage(EventId = 1750, Level = LogLevel.Warning, Message = "The end of batch {BatchId} could not be told in {Attempts} tries; the last was answered {Status}")]
    public static partial void GivenUp(ILogger logger, Guid batchId, int attempts, int? status);
}
