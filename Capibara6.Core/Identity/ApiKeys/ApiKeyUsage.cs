using System.Collections.Concurrent;
using Capibara6.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Core.Identity.ApiKeys;

/// <summary>Collects when keys were used and writes it in one statement, so that a use never waits for a write.</summary>
internal sealed class ApiKeyUsage(IServiceScopeFactory scopes, TimeProvider time)
{
    // Bounded by the keys that exist: only a key that was accepted is recorded.
    private ConcurrentDictionary<Guid, DateTimeOffset> _used = new();

    public DateTimeOffset Now => time.GetUtcNow();

    public void Record(Guid keyId) => _used[keyId] = time.GetUtcNow();

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_used.IsEmpty)
        {
            return;
        }

        var used = Interlocked.Exchange(ref _used, new ConcurrentDictionary<Guid, DateTimeOffset>()).ToArray();
        Guid[] ids = [.. used.Select(pair => pair.Key)];
        DateTimeOffset[] times = [.. used.Select(pair => pair.Value)];
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<Capibara6DbContext>().Database.ExecuteSqlAsync(
            $"""
            UPDATE api_keys AS key SET last_used_at = GREATEST(key.last_used_at, used.at)
            FROM unnest({ids}, {times}) AS used (id, at) WHERE key.id = used.id
            """,
            cancellationToken);
    }
}
