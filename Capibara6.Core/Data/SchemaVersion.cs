using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Core.Data;

/// <inheritdoc cref="ISchemaVersion"/>
internal sealed class SchemaVersion(IServiceScopeFactory scopes) : ISchemaVersion
{
    private static readonly SchemaState s_fits = new([]);

    // A schema that fits keeps fitting, and readiness is asked every few seconds by every prober.
    private volatile bool _fits;

    public async Task<SchemaState> CheckAsync(CancellationToken cancellationToken)
    {
        if (_fits)
        {
            return s_fits;
        }

        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<Capibara6DbContext>().Database;
        var missing = await database.GetPendingMigrationsAsync(cancellationToken);
        var state = new SchemaState([.. missing]);
        _fits = state.Fits;
        return state;
    }
}
