using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Capibara6.Core.Data;
using Capibara6.Core.Queries;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Capibara6.Core.Context;

/// <summary>Writes down which answers can be judged, and with which bullets they were made, without letting anybody wait for it.</summary>
internal sealed class AnswerNotes(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource,
    IOptions<ContextOptions> options,
    ILogger<AnswerNotes> logger) : BackgroundService
{
    // Some seconds of a busy replica. What does not fit can't be judged, and nobody is harmed.
    private const int MostWaiting = 4_096;

    private const int MostAtOnce = 256;

    // Longer texts are judged by their beginning.
    private const int MostOfText = 16_000;

    private const string Insert = """
        INSERT INTO answer_notes (id, account_id, domain, bullets, query, answer, attempts, created_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7)
        """;

    private readonly Channel<AnswerNote> _waiting = Channel.CreateBounded<AnswerNote>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Notes an answer; does nothing while playbooks are off.</summary>
    public void Note(QueryContext query)
    {
        if (!options.Value.Enabled || query.Result is not { } result)
        {
            return;
        }

        // A cached answer was sampled when it was made.
        var isSampled = !result.Cached && IsSampled(result.Id, options.Value.SampleShare);
        _waiting.Writer.TryWrite(new AnswerNote
        {
            Id = result.Id,
            AccountId = query.Request.Caller.AccountId,
            Domain = result.Routing.Domain,
            Bullets = [.. result.Ace.Bullets],
            Query = isSampled ? Cut(result.Query) : null,
            Answer = isSampled ? Cut(result.Result) : null,
            Attempts = 0,
            CreatedAt = result.Timestamp,
        });
    }

    /// <summary>By the answer's id, whose end is random: the same answer is sampled or not wherever one looks.</summary>
    public static bool IsSampled(Guid id, double share)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        return BitConverter.ToUInt32(bytes[12..]) < share * uint.MaxValue;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever keeps notes from being written must not end the writer.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<AnswerNote>();
        while (await WaitAsync(stoppingToken))
        {
            batch.Clear();
            while (batch.Count < MostAtOnce && _waiting.Reader.TryRead(out var note))
            {
                batch.Add(note);
            }

            try
            {
                await WriteAsync(batch, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                ContextLog.NotesLost(logger, batch.Count, exception.GetType().Name);
            }
        }
    }

    private async Task<bool> WaitAsync(CancellationToken stoppingToken)
    {
        try
        {
            return await _waiting.Reader.WaitToReadAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task WriteAsync(List<AnswerNote> notes, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        foreach (var note in notes)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = Insert;
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = note.Id });
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = note.AccountId });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = note.Domain });
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = note.Bullets });
            command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = note.Query });
            command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = note.Answer });
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = note.CreatedAt });
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    // PostgreSQL takes no zero characters.
    private static string Cut(string text) => (text.Length > MostOfText ? text[..MostOfText] : text).Replace('\0', ' ');
}
