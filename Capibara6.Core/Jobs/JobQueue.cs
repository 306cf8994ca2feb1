using System.Diagnostics;
using System.Text.Json;
using Capibara6.Core.Data;
using Capibara6.Core.Identity;
using Capibara6.Core.Queries;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Capibara6.Core.Jobs;

/// <inheritdoc cref="IJobQueue"/>
internal sealed class JobQueue(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource,
    BatchEnds ends,
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

    public async Task<JobCompletion> CompleteAsync(ClaimedJob job, Outcome<QueryResult> outcome, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = outcome switch
        {
            Outcome<QueryResult>.Success { Value: var result } => Succeed(job, result),
            Outcome<QueryResult>.Failed { Failure: var failure } when backOff.MayTryAgain(job, failure) => PutBack(job, backOff.DelayAfter(job, failure)),
            Outcome<QueryResult>.Failed { Failure: var failure } => Fail(job, failure),
            _ => throw new UnreachableException(),
        };
        command.Connection = connection;
        var status = (short?)await command.ExecuteScalarAsync(cancellationToken);
        if (status is null)
        {
            return JobCompletion.LeaseLost;
        }

        if ((JobStatus)status == JobStatus.Pending)
        {
            return JobCompletion.PutBack;
        }

        await ends.MarkAsync(connection, [job.BatchId], cancellationToken);
        return JobCompletion.Recorded;
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

        await ends.MarkAsync(connection, [.. jobs.Select(job => job.BatchId).Distinct()], cancellationToken);
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
            takenBack = await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await ends.MarkAllAsync(connection, cancellationToken);
        await using var count = new NpgsqlCommand(JobStatements.CountPending, connection);
        return new QueueState(takenBack, (long)(await count.ExecuteScalarAsync(cancellationToken))!);
    }

    private NpgsqlCommand Succeed(ClaimedJob job, QueryResult result) => new(JobStatements.Succeed)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = job.Id },
            new NpgsqlParameter<Guid> { TypedValue = job.LeaseId },
            new NpgsqlParameter<string> { TypedValue = JsonSerializer.Serialize(result, JobJson.Default.QueryResult), NpgsqlDbType = NpgsqlDbType.Json },
            new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() },
        },
    };

    private NpgsqlCommand Fail(ClaimedJob job, Failure failure) => new(JobStatements.Fail)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = job.Id },
            new NpgsqlParameter<Guid> { TypedValue = job.LeaseId },
            new NpgsqlParameter<string> { TypedValue = failure.Code },
            new NpgsqlParameter<short> { TypedValue = (short)failure.Kind },
            new NpgsqlParameter<string> { TypedValue = failure.Message },
            new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() },
        },
    };

    private NpgsqlCommand PutBack(ClaimedJob job, TimeSpan delay) => new(JobStatements.PutBack)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = job.Id },
            new NpgsqlParameter<Guid> { TypedValue = job.LeaseId },
            new NpgsqlParameter<TimeSpan> { TypedValue = delay },
            new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() },
        },
    };

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

        return new ClaimedJob(reader.GetGuid(0), reader.GetGuid(1), leaseId, reader.GetInt32(5), request);
    }
}
