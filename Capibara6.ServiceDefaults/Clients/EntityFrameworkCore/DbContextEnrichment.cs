using Aspire.Npgsql.EntityFrameworkCore.PostgreSQL;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql.EntityFrameworkCore.PostgreSQL;

namespace Capibara6.ServiceDefaults.Clients.EntityFrameworkCore;

/// <summary>Brings settings to options that were written by hand, and refuses where the two contradict each other.</summary>
internal static class DbContextEnrichment
{
    public static void Apply<TContext>(DbContextOptionsBuilder options, NpgsqlEntityFrameworkCorePostgreSQLSettings settings)
        where TContext : DbContext
    {
        var byHand = options.Options.Extensions.OfType<RelationalOptionsExtension>().FirstOrDefault()
            ?? throw new InvalidOperationException($"{typeof(TContext).Name} has no database provider: call UseNpgsql where it is registered.");
        var addRetry = NeedsRetry<TContext>(byHand, options.Options, settings);
        if (settings.CommandTimeout is { } wanted && byHand.CommandTimeout is { } set && wanted != set)
        {
            throw new InvalidOperationException(
                $"{typeof(TContext).Name} has a command timeout of {set} s by hand and of {wanted} s in its settings. Keep one.");
        }

        options.UseNpgsql(npgsql =>
        {
            if (addRetry)
            {
                npgsql.EnableRetryOnFailure();
            }

            if (settings.CommandTimeout is { } seconds)
            {
                npgsql.CommandTimeout(seconds);
            }
        });
    }

    private static bool NeedsRetry<TContext>(
        RelationalOptionsExtension byHand, DbContextOptions options, NpgsqlEntityFrameworkCorePostgreSQLSettings settings)
    {
        if (byHand.ExecutionStrategyFactory is not { } factory)
        {
            return !settings.DisableRetry;
        }

        // Only its type is looked at; a strategy touches its context when it runs.
#pragma warning disable EF1001 // There is no public way to ask options what strategy they hold.
        var strategy = factory(new ExecutionStrategyDependencies(null!, options, null!));
#pragma warning restore EF1001
        if (strategy is NpgsqlRetryingExecutionStrategy)
        {
            return settings.DisableRetry
                ? throw new InvalidOperationException(
                    $"{typeof(TContext).Name} retries by hand (EnableRetryOnFailure) while its settings say DisableRetry. Remove one of the two.")
                : false;
        }

        return settings.DisableRetry
            ? false
            : throw new InvalidOperationException(
                $"{typeof(TContext).Name} has the execution strategy {strategy.GetType().Name} of its own. Set DisableRetry to keep it, or remove it.");
    }
}
