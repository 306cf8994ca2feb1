using Capibara6.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Core.Identity;

/// <summary>
/// Runs work in a transaction and a scope of its own, one at a time over all replicas for the same turn. When the
/// connection breaks, the whole work runs again from the start, on fresh objects.
/// </summary>
internal sealed class IdentityTransactions(IServiceScopeFactory scopes)
{
    /// <summary>Turn for what may change who is an administrator.</summary>
    public const long Accounts = 0x6361_7036_0000_0001;

    /// <summary>Turn for what makes signing keys.</summary>
    public const long SigningKeys = 0x6361_7036_0000_0002;

    public async Task<T> RunAsync<T>(long turn, Func<IServiceProvider, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var outer = scopes.CreateAsyncScope();
        var strategy = outer.ServiceProvider.GetRequiredService<Capibara6DbContext>().Database.CreateExecutionStrategy();
        return await strategy.ExecuteAsync(
            async token =>
            {
                await using var scope = scopes.CreateAsyncScope();
                var database = scope.ServiceProvider.GetRequiredService<Capibara6DbContext>();
                await using var transaction = await database.Database.BeginTransactionAsync(token);
                await database.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({turn})", token);
                var result = await work(scope.ServiceProvider, token);
                await database.SaveChangesAsync(token);
                await transaction.CommitAsync(token);
                return result;
            },
            cancellationToken);
    }
}
