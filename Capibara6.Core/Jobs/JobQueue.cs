using System.Text.Json;
using Capibara6.Core.Data;
using Capibara6.Core.Identity;
using Capibara6.Core.Queries;
using Capibara6.Core.Usage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Capibara6.Core.Jobs;

/// <inheritdoc cref="IJobQueue"/>
internal sealed class JobQueue(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource,
    BatchEnds batchEnds,
    IBatchNews news,
    JobBackOff backOff,
    TimeProvider time) : IJobQueue
{
    private const int MaxClaim = 1_000;

    private static readonly HashSet<string> s_permissions = new(StringComparer.Ordinal) { Permissions.Read, Permissions.Execute };

    public async Task<IReadOnlyList<ClaimedJob>> ClaimAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxClaim);
        var leaseId = Guid.CreateVersion7(time.GetUtcNow());
        await using var command = dataSource.CreateCommand(JobStatements.Claim);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = leaseId });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = backOff.LeaseDuration });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var jobs = new List<ClaimedJob>(limit);
        while (await reader.ReadAsync(cancellationToken))
        {
            jobs.Add(Read(reader, leaseId));
        }

        if (jobs.Count > 0)
        {
            await news.TellAsync([.. jobs.Select(job => job.BatchId).Distinct()], cancellationToken);
        }

        return jobs;
    }

    public async Task<IReadOnlySet<Guid>> RenewAsync(IReadOnlyCollection<ClaimedJob> jobs, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(JobStatements.Renew);
        AddHeld(command, jobs);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = backOff.LeaseDuration });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var held = new HashSet<Guid>(jobs.Count);
        while (await reader.ReadAsync(cancellationToken))
        {
            held.Add(reader.GetGuid(0));
        }

        return held;
    }

    public async Task<IReadOnlyList<JobCompletion>> CompleteAsync(IReadOnlyList<JobEnd> ends, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var completions = new JobCompletion[ends.Count];
        var final = new List<JobEnd>(ends.Count);
        for (var i = 0; i < ends.Count; i++)
        {
            if (ends[i].Outcome is Outcome<JobAnswer>.Failed { Failure: var failure } && backOff.MayTryAgain(ends[i].Job, failure))
            {
                completions[i] = await PutBackAsync(connection, ends[i].Job, backOff.DelayAfter(ends[i].Job, failure), cancellationToken);
            }
            else
            {
                final.Add(ends[i]);
            }
        }

        var recorded = final.Count == 0 ? [] : await EndAsync(connection, final, cancellationToken);
        for (var i = 0; i < ends.Count; i++)
        {
            completions[i] = recorded.Contains(ends[i].Job.Id) ? JobCompletion.Recorded : completions[i];
        }

        var batches = ends.Where((_, i) => completions[i] == JobCompletion.Recorded).Select(end => end.Job.BatchId).Distinct().ToArray();
        if (batches.Length > 0)
        {
            await batchEnds.MarkAsync(connection, batches, cancellationToken);
        }

        return completions;
    }

    public async Task ReleaseAsync(IReadOnlyCollection<ClaimedJob> jobs, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(JobStatements.Release, connection))
        {
            AddHeld(command, jobs);
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await batchEnds.MarkAsync(connection, [.. jobs.Select(job => job.BatchId).Distinct()], cancellationToken);
    }

    public async Task<IReadOnlyList<Guid>> FindCancelledAsync(Guid[] batchIds, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT id FROM batches WHERE id = ANY ($1) AND cancelled_at IS NOT NULL");
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = batchIds });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var cancelled = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
        {
            cancelled.Add(reader.GetGuid(0));
        }

        return cancelled;
    }

    public async Task<QueueState> SweepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        int takenBack;
        await using (var command = new NpgsqlCommand(JobStatements.TakeBack, connection))
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = backOff.MaxAttempts });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = FailureCodes.JobAbandoned });
            command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)FailureKind.Unavailable });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "Each worker that began this query was lost before its end." });
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
            command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = backOff.LeaseDuration });
            takenBack = await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await ExpireAsync(connection, cancellationToken);

        await batchEnds.MarkAllAsync(connection, cancellationToken);
        await using var count = new NpgsqlCommand(JobStatements.CountPending, connection);
        await using var reader = await count.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new QueueState(takenBack, reader.GetInt64(0), TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(1))));
    }

    private async Task ExpireAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(JobStatements.Expire, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = FailureCodes.BatchExpired },
                new NpgsqlParameter<short> { TypedValue = (short)FailureKind.TimedOut },
                new NpgsqlParameter<string> { TypedValue = "The batch's deadline came before this query had begun." },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<JobCompletion> PutBackAsync(NpgsqlConnection connection, ClaimedJob job, TimeSpan delay, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(JobStatements.PutBack, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = job.Id },
                new NpgsqlParameter<Guid> { TypedValue = job.LeaseId },
                new NpgsqlParameter<TimeSpan> { TypedValue = delay },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() },
            },
        };
        return (short?)await command.ExecuteScalarAsync(cancellationToken) switch
        {
            null => JobCompletion.LeaseLost,
            (short)JobStatus.Pending => JobCompletion.PutBack,
            _ => JobCompletion.Recorded,
        };
    }

    private async Task<HashSet<Guid>> EndAsync(NpgsqlConnection connection, List<JobEnd> ended, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(JobStatements.End, connection);
        UsageStatement.AddArrays(command, [.. ended.Select(UsageOf)]);
        var failures = ended.Select(end => (end.Outcome as Outcome<JobAnswer>.Failed)?.Failure).ToList();
        Add([.. ended.Select(end => end.Job.Id)], NpgsqlDbType.Uuid);
        Add([.. ended.Select(end => end.Job.LeaseId)], NpgsqlDbType.Uuid);
        Add([.. failures.Select(failure => (short)(failure is null ? JobStatus.Succeeded : JobStatus.Failed))], NpgsqlDbType.Smallint);
        Add<string?>([.. ended.Select(ResultOf)], NpgsqlDbType.Text);
        Add<string?>([.. failures.Select(failure => failure?.Code)], NpgsqlDbType.Text);
        Add<short?>([.. failures.Select(failure => (short?)failure?.Kind)], NpgsqlDbType.Smallint);
        Add<string?>([.. failures.Select(failure => failure?.Message)], NpgsqlDbType.Text);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var recorded = new HashSet<Guid>(ended.Count);
        while (await reader.ReadAsync(cancellationToken))
        {
            recorded.Add(reader.GetGuid(0));
        }

        return recorded;

        void Add<T>(T[] values, NpgsqlDbType type) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    /// <summary>Under the job's own id, so that however often it is run it is counted once; also when nobody was asked.</summary>
    private UsageRecord UsageOf(JobEnd end)
    {
        var caller = end.Job.Request.Caller;
        var usage = end.Usage ?? new UsageRecord
        {
            Id = end.Job.Id, AccountId = caller.AccountId, ApiKeyId = caller.ApiKeyId, Outcome = "", DurationMs = 0, EndedAt = time.GetUtcNow(),
        };
        return usage with
        {
            Id = end.Job.Id,
            IsJob = true,
            Outcome = end.Outcome is Outcome<JobAnswer>.Failed { Failure.Code: var code } ? code : UsageRecord.Answered,
        };
    }

    private static string? ResultOf(JobEnd end) => (end.Outcome as Outcome<JobAnswer>.Success)?.Value.Json;

    private static void AddHeld(NpgsqlCommand command, IReadOnlyCollection<ClaimedJob> jobs)
    {
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. jobs.Select(job => job.Id)] });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. jobs.Select(job => job.LeaseId)] });
    }

    private static ClaimedJob Read(NpgsqlDataReader reader, Guid leaseId)
    {
        var caller = new Caller(reader.GetGuid(6), reader.GetString(7), s_permissions)
        {
            ApiKeyId = reader.IsDBNull(8) ? null : reader.GetGuid(8),
        };
        var request = new QueryRequest(reader.GetString(2), caller) { Model = reader.GetString(4) };
        if (!reader.IsDBNull(3))
        {
            request = request with { Context = JsonSerializer.Deserialize(reader.GetString(3), JobJson.Default.DictionaryStringString)! };
        }

        if (!reader.IsDBNull(10))
        {
            request = JsonSerializer.Deserialize(reader.GetString(10), JobJson.Default.JobSettings)!.ApplyTo(request);
        }

        return new ClaimedJob(reader.GetGuid(0), reader.GetGuid(1), leaseId, reader.GetInt32(5), request)
        {
            TraceParent = reader.IsDBNull(9) ? null : reader.GetString(9),
            Endpoint = reader.IsDBNull(11) ? null : reader.GetString(11),
        };
    }
}
