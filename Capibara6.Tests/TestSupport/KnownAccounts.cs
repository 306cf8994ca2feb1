using Capibara6.Core.Data;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Tests.Core;
using Microsoft.EntityFrameworkCore;

namespace Capibara6.Tests;

/// <summary>
/// The accounts on whose behalf tests act without logging in: Alice, Bob and <see cref="KnownCaller"/>. Outside accounts, so
/// that a database which has no other ones still gets its first administrator.
/// </summary>
internal static class KnownAccounts
{
    /// <summary>Adds them to a migrated database.</summary>
    public static async Task AddAsync(string database, CancellationToken cancellationToken)
    {
        var options = new DbContextOptionsBuilder<Capibara6DbContext>().UseNpgsql(database).UseSnakeCaseNamingConvention().Options;
        await using var context = new Capibara6DbContext(options);
        foreach (var (id, name) in new[]
            { (CoreReplica.Alice.AccountId, "alice"), (CoreReplica.Bob.AccountId, "bob"), (KnownCaller.AccountId, "known-caller") })
        {
            context.Add(new Account
            {
                Id = id,
                UserName = $"{name}#tests",
                NormalizedUserName = $"{name}#tests".ToUpperInvariant(),
                SecurityStamp = id.ToString("N"),
                ExternalId = $"tests/{name}",
                Roles = [Roles.Admin],
                CreatedAt = DateTimeOffset.UnixEpoch,
            });
        }

        await context.SaveChangesAsync(cancellationToken);
    }
}
