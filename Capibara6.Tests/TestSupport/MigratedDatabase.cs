using Capibara6.Core.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Capibara6.Tests;

/// <summary>Databases with the main schema and <see cref="KnownAccounts"/>. It is migrated once; each test gets a copy, which takes a moment only.</summary>
internal static class MigratedDatabase
{
    private static readonly SemaphoreSlim s_gate = new(1, 1);
    private static TestDatabase? s_template;

    public static async Task<TestDatabase> CreateAsync(CancellationToken cancellationToken)
    {
        await s_gate.WaitAsync(cancellationToken);
        try
        {
            s_template ??= await MigrateAsync(cancellationToken);

            // One at a time: a template in use can't be copied.
            return await TestDatabases.CreateAsync(cancellationToken, s_template.Name);
        }
        finally
        {
            s_gate.Release();
        }
    }

    private static async Task<TestDatabase> MigrateAsync(CancellationToken cancellationToken)
    {
        var database = await TestDatabases.CreateAsync(cancellationToken);
        var options = new DbContextOptionsBuilder<Capibara6DbContext>().UseNpgsql(database.ConnectionString).UseSnakeCaseNamingConvention().Options;
        await using (var context = new Capibara6DbContext(options))
        {
            await context.Database.MigrateAsync(cancellationToken);
        }

        await KnownAccounts.AddAsync(database.ConnectionString, cancellationToken);

        // A copy needs a template that nobody is connected to.
        NpgsqlConnection.ClearAllPools();
        return database;
    }
}
