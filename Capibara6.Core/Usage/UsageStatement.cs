using Npgsql;
using NpgsqlTypes;

namespace Capibara6.Core.Usage;

/// <summary>The statement that writes answered queries down: one for many rows, and harmless when repeated.</summary>
internal static class UsageStatement
{
    private const string Sql = """
        INSERT INTO answered_queries (
            id, account_id, api_key_id, selected_model, model_used, domain, complexity, cached,
            prompt_tokens, completion_tokens, cost_usd, processing_time_ms, answered_at)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (id) DO NOTHING
        """;

    public static async Task InsertAsync(NpgsqlDataSource dataSource, List<AnsweredQuery> rows, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Sql);
        Add(NpgsqlDbType.Uuid, row => row.Id);
        Add(NpgsqlDbType.Uuid, row => row.AccountId);
        Add(NpgsqlDbType.Uuid, row => row.ApiKeyId);
        Add(NpgsqlDbType.Text, row => row.SelectedModel);
        Add(NpgsqlDbType.Text, row => row.ModelUsed);
        Add(NpgsqlDbType.Text, row => row.Domain);
        Add(NpgsqlDbType.Double, row => row.Complexity);
        Add(NpgsqlDbType.Boolean, row => row.Cached);
        Add(NpgsqlDbType.Integer, row => row.PromptTokens);
        Add(NpgsqlDbType.Integer, row => row.CompletionTokens);
        Add(NpgsqlDbType.Numeric, row => row.CostUsd);
        Add(NpgsqlDbType.Double, row => row.ProcessingTimeMs);
        Add(NpgsqlDbType.TimestampTz, row => row.AnsweredAt);
        await command.ExecuteNonQueryAsync(cancellationToken);

        void Add<T>(NpgsqlDbType type, Func<AnsweredQuery, T> column)
        {
            var values = new T[rows.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = column(rows[i]);
            }

            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
        }
    }
}
