using Npgsql;
using NpgsqlTypes;

namespace Capibara6.Core.Usage;

/// <summary>The statement that writes records down: one for many rows, and harmless when repeated.</summary>
internal static class UsageStatement
{
    /// <summary>The columns in the order in which <see cref="AddArrays"/> gives their values.</summary>
    public const string Columns = """
        id, account_id, api_key_id, is_job, outcome, model, route, domain, cached,
        prompt_tokens, completion_tokens, cost_usd, duration_ms, route_ms, enrich_ms, model_ms, code_ms, ended_at
        """;

    private const string Insert = $"""
        INSERT INTO usage_records ({Columns})
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
        ON CONFLICT (id) DO NOTHING
        """;

    public static async Task InsertAsync(NpgsqlDataSource dataSource, IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Insert);
        AddArrays(command, records);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Adds a parameter for each column.</summary>
    public static void AddArrays(NpgsqlCommand command, IReadOnlyList<UsageRecord> records)
    {
        Add(NpgsqlDbType.Uuid, record => record.Id);
        Add(NpgsqlDbType.Uuid, record => record.AccountId);
        Add(NpgsqlDbType.Uuid, record => record.ApiKeyId);
        Add(NpgsqlDbType.Boolean, record => record.IsJob);
        Add(NpgsqlDbType.Text, record => record.Outcome);
        Add(NpgsqlDbType.Text, record => record.Model);
        Add(NpgsqlDbType.Text, record => record.Route);
        Add(NpgsqlDbType.Text, record => record.Domain);
        Add(NpgsqlDbType.Boolean, record => record.Cached);
        Add(NpgsqlDbType.Integer, record => record.PromptTokens);
        Add(NpgsqlDbType.Integer, record => record.CompletionTokens);
        Add(NpgsqlDbType.Numeric, record => record.CostUsd);
        Add(NpgsqlDbType.Double, record => record.DurationMs);
        Add(NpgsqlDbType.Double, record => record.RouteMs);
        Add(NpgsqlDbType.Double, record => record.EnrichMs);
        Add(NpgsqlDbType.Double, record => record.ModelMs);
        Add(NpgsqlDbType.Double, record => record.CodeMs);
        Add(NpgsqlDbType.TimestampTz, record => record.EndedAt);

        void Add<T>(NpgsqlDbType type, Func<UsageRecord, T> column)
        {
            var values = new T[records.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = column(records[i]);
            }

            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
        }
    }
}
