using System.Text;
using Capibara6.Core.Data;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Capibara6.Core.Context;

/// <inheritdoc cref="IContextSource"/>
internal sealed class ContextSource(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource,
    IModelCatalog catalog,
    IOptions<ContextOptions> options,
    ILogger<ContextSource> logger) : IContextSource
{
    // The beginning of a question says what it is about.
    private const int MostSearched = 2_000;

    // Tokens of a bullet's frame.
    private const int FrameTokens = 4;

    // Any of the question's words will do; the more, the closer together, the more helpful and the fresher, the better. A bullet that has
    // proved itself goes before one that has yet to.
    private const string Search = """
        WITH asked AS (
            SELECT tsvector_to_array(to_tsvector('english', $2)) AS words, replace(plainto_tsquery('english', $2)::text, '&', '|')::tsquery AS any_word)
        SELECT p.name, p.version, cardinality(a.words), b.id, b.text, b.tokens,
               ARRAY(SELECT unnest(tsvector_to_array(b.search)) INTERSECT SELECT unnest(a.words))
        FROM playbooks p CROSS JOIN asked a
        LEFT JOIN playbook_bullets b ON b.playbook_id = p.id AND NOT b.is_retired AND b.search @@ a.any_word
        WHERE p.domain = $1
        ORDER BY ts_rank_cd(b.search, a.any_word) * (b.helpful + 1.0) / (b.helpful + b.harmful + 2.0)
                 + 0.02 * exp(-extract(epoch FROM now() - b.changed_at) / 2592000.0) DESC NULLS LAST, b.id
        LIMIT 300
        """;

    private static readonly AceResult s_nothing = new() { EnhancedContext = "", AwarenessScore = 0, PlaybookUsed = null };

    public bool IsEnabled => options.Value.Enabled;

    public async ValueTask<FoundContext> FindAsync(string query, RoutingResult routing, CancellationToken cancellationToken)
    {
        if (!IsEnabled)
        {
            return new FoundContext(s_nothing, Version: null);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.SearchTimeout);
        try
        {
            return await SearchAsync(query, routing, limit.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested
            && exception is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            // An answer without context is better than none.
            ContextLog.NotFound(logger, exception.GetType().Name);
            return new FoundContext(s_nothing, Version: null);
        }
    }

    private async ValueTask<FoundContext> SearchAsync(string query, RoutingResult routing, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Search);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = routing.Domain });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = query.Length > MostSearched ? query[..MostSearched] : query });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (name, version, asked, left) = ("", 0L, 0, BudgetOf(routing.SelectedModel));
        var text = new StringBuilder();
        var bullets = new List<Guid>();
        var covered = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            (name, version, asked) = (reader.GetString(0), reader.GetInt64(1), reader.IsDBNull(2) ? 0 : reader.GetInt32(2));
            if (reader.IsDBNull(3) || reader.GetInt32(5) + FrameTokens > left)
            {
                continue;
            }

            left -= reader.GetInt32(5) + FrameTokens;
            bullets.Add(reader.GetGuid(3));
            text.Append("- ").Append(reader.GetString(4)).Append('\n');
            covered.UnionWith(reader.GetFieldValue<string[]>(6));
        }

        var ace = bullets.Count == 0 ? s_nothing : new AceResult
        {
            EnhancedContext = text.ToString(),
            AwarenessScore = Math.Round((double)covered.Count / Math.Max(asked, 1), 3),
            PlaybookUsed = name,
            Bullets = bullets,
        };
        return new FoundContext(ace, PlaybookVersions.Of(routing.Domain, version));
    }

    // Never more than a quarter of the model's window.
    private int BudgetOf(string modelId)
    {
        var model = catalog.Find(modelId);
        var budget = model?.Tier == ModelsOptions.SmallTier ? options.Value.SmallBudget : options.Value.LargeBudget;
        return model is null ? budget : Math.Min(budget, model.ContextWindow / 4);
    }
}
