namespace Capibara6.Core.Usage;

/// <summary>
/// The statements that keep budgets exact. Each is one round trip and one transaction. All of them lock counters in the
/// same order, so they can't deadlock; READ COMMITTED returns the newest version of a row that was waited for.
/// </summary>
internal static class BudgetStatements
{
    /// <summary>$1 subjects, $2 periods, $3 first days.</summary>
    public const string CreateCounters =
        """
        INSERT INTO budget_counters (subject_id, period, starts_on, tokens_spent, tokens_reserved, cost_spent, cost_reserved)
        SELECT subject_id, period, starts_on, 0, 0, 0, 0 FROM unnest($1, $2, $3) AS wanted (subject_id, period, starts_on)
        ON CONFLICT DO NOTHING
        """;

    /// <summary>
    /// $1 subjects, $2 periods, $3 first days, $4 token limits, $5 cost limits, $6 tokens, $7 cost, $8 reservation,
    /// $9 account, $10 key, $11 day, $12 lease. Answers one row per counter: whether it fits, and would without what others reserve.
    /// </summary>
    public const string Reserve =
        """
        WITH wanted AS (
            SELECT * FROM unnest($1, $2, $3, $4, $5) AS wanted (subject_id, period, starts_on, token_limit, cost_limit)),
        locked AS (
            SELECT counter.*, wanted.token_limit, wanted.cost_limit
            FROM budget_counters AS counter JOIN wanted USING (subject_id, period, starts_on)
            ORDER BY counter.subject_id, counter.period, counter.starts_on
            FOR UPDATE OF counter),
        judged AS (
            SELECT subject_id, period, starts_on,
                (token_limit IS NULL OR tokens_spent + tokens_reserved + $6 <= token_limit)
                    AND (cost_limit IS NULL OR cost_spent + cost_reserved + $7 <= cost_limit) AS fits,
                (token_limit IS NULL OR tokens_spent + $6 <= token_limit)
                    AND (cost_limit IS NULL OR cost_spent + $7 <= cost_limit) AS fits_later
            FROM locked),
        verdict AS (SELECT count(*) = cardinality($1) AND bool_and(fits) AS granted FROM judged),
        counted AS (
            UPDATE budget_counters AS counter
            SET tokens_reserved = counter.tokens_reserved + $6, cost_reserved = counter.cost_reserved + $7
            FROM judged, verdict
            WHERE verdict.granted AND counter.subject_id = judged.subject_id
                AND counter.period = judged.period AND counter.starts_on = judged.starts_on),
        reserved AS (
            INSERT INTO budget_reservations (id, account_id, api_key_id, day, tokens, cost, expires_at)
            SELECT $8, $9, $10, $11, $6, $7, clock_timestamp() + $12 FROM verdict WHERE verdict.granted)
        SELECT subject_id, period, fits, fits_later FROM judged
        """;

    /// <summary>$1 reservation, $2 subjects, $3 periods, $4 first days, $5 tokens used, $6 cost used. Settling twice counts once.</summary>
    public const string Settle =
        """
        WITH held AS (
            UPDATE budget_reservations SET settled_at = clock_timestamp()
            WHERE id = $1 AND settled_at IS NULL
            RETURNING CASE WHEN released_at IS NULL THEN tokens ELSE 0 END AS tokens, CASE WHEN released_at IS NULL THEN cost ELSE 0 END AS cost),
        locked AS (
            SELECT counter.subject_id, counter.period, counter.starts_on, held.tokens, held.cost
            FROM held CROSS JOIN unnest($2, $3, $4) AS wanted (subject_id, period, starts_on)
            JOIN budget_counters AS counter USING (subject_id, period, starts_on)
            ORDER BY counter.subject_id, counter.period, counter.starts_on
            FOR UPDATE OF counter)
        UPDATE budget_counters AS counter
        SET tokens_spent = counter.tokens_spent + $5, cost_spent = counter.cost_spent + $6,
            tokens_reserved = counter.tokens_reserved - locked.tokens, cost_reserved = counter.cost_reserved - locked.cost
        FROM locked
        WHERE counter.subject_id = locked.subject_id AND counter.period = locked.period AND counter.starts_on = locked.starts_on
        """;

    /// <summary>Counts what callers without a budget used. $1 subjects, $2 periods, $3 first days, $4 tokens, $5 costs; ordered.</summary>
    public const string Count =
        """
        INSERT INTO budget_counters AS counter (subject_id, period, starts_on, tokens_spent, tokens_reserved, cost_spent, cost_reserved)
        SELECT subject_id, period, starts_on, tokens, 0, cost, 0
        FROM unnest($1, $2, $3, $4, $5) AS used (subject_id, period, starts_on, tokens, cost)
        ORDER BY subject_id, period, starts_on
        ON CONFLICT (subject_id, period, starts_on) DO UPDATE
        SET tokens_spent = counter.tokens_spent + EXCLUDED.tokens_spent, cost_spent = counter.cost_spent + EXCLUDED.cost_spent
        """;

    /// <summary>$1 reservations that this process still holds, $2 lease.</summary>
    public const string Renew =
        "UPDATE budget_reservations SET expires_at = clock_timestamp() + $2 WHERE id = ANY($1) AND settled_at IS NULL AND released_at IS NULL";

    /// <summary>Gives back what dead processes hold. Two sweeps at once share the work: a reservation is released once.</summary>
    public const string Sweep =
        """
        WITH gone AS (
            UPDATE budget_reservations SET released_at = clock_timestamp()
            WHERE id IN (
                SELECT id FROM budget_reservations
                WHERE settled_at IS NULL AND released_at IS NULL AND expires_at < clock_timestamp()
                ORDER BY id FOR UPDATE SKIP LOCKED)
            RETURNING account_id, api_key_id, day, tokens, cost),
        freed AS (
            SELECT subject_id, period, starts_on, sum(tokens) AS tokens, sum(cost) AS cost
            FROM gone
            CROSS JOIN LATERAL (VALUES (account_id), (api_key_id)) AS subject (subject_id)
            CROSS JOIN LATERAL (VALUES ('day', day), ('month', date_trunc('month', day::timestamp)::date)) AS span (period, starts_on)
            WHERE subject_id IS NOT NULL
            GROUP BY subject_id, period, starts_on),
        locked AS (
            SELECT counter.subject_id, counter.period, counter.starts_on, freed.tokens, freed.cost
            FROM budget_counters AS counter JOIN freed USING (subject_id, period, starts_on)
            ORDER BY counter.subject_id, counter.period, counter.starts_on
            FOR UPDATE OF counter)
        UPDATE budget_counters AS counter
        SET tokens_reserved = counter.tokens_reserved - locked.tokens, cost_reserved = counter.cost_reserved - locked.cost
        FROM locked
        WHERE counter.subject_id = locked.subject_id AND counter.period = locked.period AND counter.starts_on = locked.starts_on
        """;

    /// <summary>Deletes what ended more than a day ago, and counters of periods more than 13 months old.</summary>
    public const string Clean =
        """
        WITH ended AS (
            DELETE FROM budget_reservations
            WHERE settled_at < clock_timestamp() - interval '1 day' OR released_at < clock_timestamp() - interval '7 days')
        DELETE FROM budget_counters WHERE starts_on < (clock_timestamp() - interval '13 months')::date
        """;

    /// <summary>$1 subjects, $2 periods, $3 first days.</summary>
    public const string Read =
        """
        SELECT counter.subject_id, counter.period, counter.tokens_spent, counter.tokens_reserved, counter.cost_spent, counter.cost_reserved
        FROM budget_counters AS counter
        JOIN unnest($1, $2, $3) AS wanted (subject_id, period, starts_on) USING (subject_id, period, starts_on)
        """;
}
