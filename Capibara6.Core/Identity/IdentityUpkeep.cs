using Capibara6.Core.Data;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.ApiKeys;
using Capibara6.Core.Identity.Audit;
using Capibara6.Core.Identity.Passwords;
using Capibara6.Core.Identity.SigningKeys;
using Capibara6.Core.Identity.Tokens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Identity;

/// <summary>What falls due: key uses to write, signing keys to rotate (where tokens are issued), old rows to delete.</summary>
internal sealed class IdentityUpkeep(
    ApiKeyUsage usage, IServiceScopeFactory scopes, IServiceProvider services,
    IOptions<IdentitySettings> options, TimeProvider time, ILogger<IdentityUpkeep> logger) : BackgroundService
{
    private const int RoundsPerCleaning = 120;
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_guessesKept = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_knownAddressesKept = TimeSpan.FromDays(90);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await GuardAsync(usage.FlushAsync, cancellationToken);
        }
        catch (ObjectDisposedException)
        {
            // A host that is stopped again after its disposal: what there was has been written the first time.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Where tokens are issued, the accounts come first: with them the schema is known to be there.
        var issues = services.GetService<AccountBootstrap>();
        await (issues?.Completion ?? Task.CompletedTask).WaitAsync(stoppingToken);
        for (var round = 0; !stoppingToken.IsCancellationRequested; round++)
        {
            await GuardAsync(usage.FlushAsync, stoppingToken);
            if (services.GetService<SigningKeyRing>() is { } ring)
            {
                await GuardAsync(ring.EnsureAsync, stoppingToken);
            }

            if (issues is not null && round % RoundsPerCleaning == 0)
            {
                await GuardAsync(CleanAsync, stoppingToken);
            }

            await Task.Delay(s_period, time, stoppingToken);
        }
    }

    /// <summary>Deletes what no longer matters. A used refresh token stays while its session lives: it unmasks reuse.</summary>
    internal async Task CleanAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var oldestEvent = now - options.Value.AuditRetention;
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<Capibara6DbContext>();
        await database.Set<Session>().Where(session => session.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        await database.Set<SigningKey>().Where(key => key.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        var (lately, oldest) = (now - s_guessesKept, now - s_knownAddressesKept);
        await database.Set<PasswordAttempts>().Where(attempts => attempts.LastAt < lately && (attempts.SucceededAt == null || attempts.SucceededAt < oldest))
            .ExecuteDeleteAsync(cancellationToken);
        await database.Set<AuditEvent>().Where(audit => audit.At < oldestEvent).ExecuteDeleteAsync(cancellationToken);
    }

    // Whatever it is, the next round may go well; an end of this loop would be the end of the process.
    private async Task GuardAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken);
        }
        catch (Exception exception) when (exception is not ObjectDisposedException && (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested))
        {
            IdentityLog.UpkeepFailed(logger, s_period, exception);
        }
    }
}
