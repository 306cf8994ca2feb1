using Capibara6.Core.Usage;

namespace Capibara6.Core.Jobs;

/// <summary>
/// The queue's statements. Each is atomic by itself. Numbers of states are those of <see cref="JobStatus"/>; <c>now()</c> is
/// the database's clock, by which leases and back-off go.
/// <para>
/// A writer shows the lease ($2) under which it holds the job; with another lease or state nothing is written. Whoever puts a
/// job back shares a lock on its batch, which cancelling takes alone: so no job goes back into a batch that was cancelled.
/// </para>
/// </summary>
internal static class JobStatements
{
    /// <summary>$1 how many, $2 lease, $3 its duration, $4 when the batch counts as started.</summary>
    public const string Claim = """
        WITH next AS (
            SELECT id FROM jobs
            WHERE status = 0 AND available_at <= now()
            ORDER BY priority DESC, turn, id
            LIMIT $1
            FOR UPDATE SKIP LOCKED),
        claimed AS (
            UPDATE jobs j
            SET status = 1, attempts = attempts + 1, lease_id = $2, lease_until = now() + $3
            FROM next WHERE j.id = next.id
            RETURNING j.id, j.batch_id, j.query, j.context, j.model, j.attempts, j.account_id, j.settings),
        started AS (
            UPDATE batches SET started_at = $4
            WHERE id IN (
                SELECT id FROM batches WHERE started_at IS NULL AND id IN (SELECT batch_id FROM claimed) FOR UPDATE SKIP LOCKED))
        SELECT c.id, c.batch_id, c.query, c.context, c.model, c.attempts, c.account_id, b.account_name, b.api_key_id, b.trace_parent, c.settings, b.endpoint
        FROM claimed c JOIN batches b ON b.id = c.batch_id
        """;

    /// <summary>$1 jobs, $2 their leases, $3 duration.</summary>
    public const string Renew = """
        UPDATE jobs j SET lease_until = now() + $3
        FROM unnest($1, $2) AS held (id, lease_id)
        WHERE j.id = held.id AND j.lease_id = held.lease_id AND j.status = 1
        RETURNING j.id
        """;

    /// <summary>
    /// $1 to $18 usage, see <see cref="UsageStatement"/>, $19 jobs, $20 their leases, $21 states, $22 answers, $23 codes, $24 kinds and
    /// $25 messages, $26 when. What a lost lease ends here leaves no usage: whoever has the lease now does.
    /// </summary>
    public const string End = $"""
        WITH ended AS (
            UPDATE jobs j
            SET status = given.status, result = given.result::json, error_code = given.error_code, error_kind = given.error_kind,
                error_message = given.error_message, finished_at = $26, lease_id = NULL, lease_until = NULL
            FROM unnest($19, $20, $21, $22, $23, $24, $25)
                AS given (id, lease_id, status, result, error_code, error_kind, error_message)
            WHERE j.id = given.id AND j.lease_id = given.lease_id AND j.status = 1
            RETURNING j.id),
        used AS (
            INSERT INTO usage_records ({UsageStatement.Columns})
            SELECT usage.* FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
                AS usage ({UsageStatement.Columns})
            JOIN ended ON ended.id = usage.id
            ON CONFLICT (id) DO NOTHING)
        SELECT id FROM ended
        """;

    /// <summary>$1 job, $2 lease, $3 delay, $4 when, if its batch was cancelled.</summary>
    public const string PutBack = """
        WITH batch AS (
            SELECT b.id, b.cancelled_at FROM batches b JOIN jobs j ON j.batch_id = b.id WHERE j.id = $1 FOR SHARE OF b)
        UPDATE jobs j
        SET status = CASE WHEN batch.cancelled_at IS NULL THEN 0 ELSE 4 END,
            finished_at = CASE WHEN batch.cancelled_at IS NULL THEN NULL ELSE $4 END,
            available_at = now() + $3, lease_id = NULL, lease_until = NULL
        FROM batch WHERE j.id = $1 AND j.batch_id = batch.id AND j.lease_id = $2 AND j.status = 1
        RETURNING j.status
        """;

    /// <summary>$1 jobs, $2 their leases, $3 when, if their batch was cancelled.</summary>
    public const string Release = """
        WITH batch AS (
            SELECT id, cancelled_at FROM batches
            WHERE id IN (SELECT batch_id FROM jobs WHERE id = ANY ($1)) ORDER BY id FOR SHARE)
        UPDATE jobs j
        SET status = CASE WHEN batch.cancelled_at IS NULL THEN 0 ELSE 4 END,
            finished_at = CASE WHEN batch.cancelled_at IS NULL THEN NULL ELSE $3 END,
            attempts = j.attempts - 1, lease_id = NULL, lease_until = NULL
        FROM unnest($1, $2) AS held (id, lease_id), batch
        WHERE j.id = held.id AND j.lease_id = held.lease_id AND j.status = 1 AND j.batch_id = batch.id
        """;

    /// <summary>
    /// $1 attempts at most, $2 code, $3 kind and $4 message when they are used up, $5 when, $6 a lease's duration. A lease that ran out while
    /// the server was down proves nothing: its worker has that long to renew it.
    /// </summary>
    public const string TakeBack = """
        WITH expired AS (
            SELECT j.id, b.cancelled_at IS NOT NULL AS cancelled, j.attempts >= $1 AS used_up, b.api_key_id
            FROM jobs j JOIN batches b ON b.id = j.batch_id
            WHERE j.status = 1 AND j.lease_until < now()
              AND (j.lease_until > pg_postmaster_start_time() OR pg_postmaster_start_time() < now() - $6)
            LIMIT 1000
            FOR UPDATE OF j SKIP LOCKED
            FOR SHARE OF b SKIP LOCKED),
        used AS (
            INSERT INTO usage_records (
                id, account_id, api_key_id, is_job, outcome, cached, prompt_tokens, completion_tokens, cost_usd, duration_ms, ended_at)
            SELECT j.id, j.account_id, expired.api_key_id, true, $2, false, 0, 0, 0, 0, $5
            FROM jobs j JOIN expired ON expired.id = j.id WHERE expired.used_up
            ON CONFLICT (id) DO NOTHING)
        UPDATE jobs j
        SET status = CASE WHEN expired.used_up THEN 3 WHEN expired.cancelled THEN 4 ELSE 0 END,
            error_code = CASE WHEN expired.used_up THEN $2 END,
            error_kind = CASE WHEN expired.used_up THEN $3 END,
            error_message = CASE WHEN expired.used_up THEN $4 END,
            finished_at = CASE WHEN expired.used_up OR expired.cancelled THEN $5 END,
            lease_id = NULL, lease_until = NULL
        FROM expired WHERE j.id = expired.id
        """;

    /// <summary>$1 code, $2 kind and $3 message, $4 when. What a worker has begun it ends; whatever comes back is ended by the next run.</summary>
    public const string Expire = """
        WITH due AS (SELECT id, api_key_id FROM batches WHERE finished_at IS NULL AND deadline_at < now()),
        expired AS (
            UPDATE jobs j SET status = 3, error_code = $1, error_kind = $2, error_message = $3, finished_at = $4
            FROM due WHERE j.batch_id = due.id AND j.status = 0
            RETURNING j.id, j.account_id, due.api_key_id)
        INSERT INTO usage_records (
            id, account_id, api_key_id, is_job, outcome, cached, prompt_tokens, completion_tokens, cost_usd, duration_ms, ended_at)
        SELECT id, account_id, api_key_id, true, $1, false, 0, 0, 0, 0, $4 FROM expired
        ON CONFLICT (id) DO NOTHING
        """;

    /// <summary>How many wait, up to a number that nobody needs to tell from more, and the age in seconds of the oldest batch that has not ended.</summary>
    public const string CountPending = """
        SELECT (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE status = 0 LIMIT 100000) AS waiting),
               (SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::double precision FROM batches WHERE finished_at IS NULL)
        """;
}
