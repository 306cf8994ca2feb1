using Capibara6.Core.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Identity.Accounts;

/// <summary>
/// Prepares the accounts before the first request: the first administrator, in Development the demo accounts. Elsewhere
/// it stops the start when one of the well-known demo passwords would work. When the database isn't there yet, the
/// service starts (not ready) and this goes on behind it; until it is done, nobody can log in.
/// </summary>
internal sealed class AccountBootstrap(
    IdentityTransactions transactions, ISchemaVersion schema, IHostEnvironment environment, IOptions<IdentitySettings> options,
    TimeProvider time, ILogger<AccountBootstrap> logger) : BackgroundService
{
    private const string AdminName = "admin";
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromSeconds(1);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the accounts are safe to use.</summary>
    public Task Completion => _done.Task;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!await TryPrepareAsync(cancellationToken))
        {
            IdentityLog.WaitingForDatabase(logger);
            await base.StartAsync(cancellationToken);
        }
    }

    /// <summary>An exception here stops the host: that is what <c>BackgroundServiceExceptionBehavior</c> defaults to.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        do
        {
            await Task.Delay(s_retryDelay, time, stoppingToken);
        }
        while (!await TryPrepareAsync(stoppingToken));
    }

    private async Task<bool> TryPrepareAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!(await schema.CheckAsync(cancellationToken)).Fits)
            {
                return false;
            }

            await transactions.RunAsync(
                IdentityTransactions.Accounts,
                async (services, token) =>
                {
                    await PrepareAsync(services, token);
                    return true;
                },
                cancellationToken);
            _done.TrySetResult();
            return true;
        }
        catch (Exception exception) when (DatabaseFaults.IsAway(exception))
        {
            return false;
        }
    }

    private async Task PrepareAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (environment.IsDevelopment())
        {
            foreach (var (name, password, role) in DemoAccounts.All)
            {
                await EnsureAsync(services, name, password, role, cancellationToken);
            }

            IdentityLog.DemoAccounts(logger, string.Join(", ", DemoAccounts.All.Select(account => account.Name)));
            return;
        }

        await RefuseDemoPasswordsAsync(services, cancellationToken);
        await EnsureFirstAdminAsync(services, cancellationToken);
    }

    private async Task EnsureFirstAdminAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (await services.GetRequiredService<Capibara6DbContext>().Set<Account>().AnyAsync(account => account.ExternalId == null, cancellationToken))
        {
            return;
        }

        if (string.IsNullOrEmpty(options.Value.AdminPassword))
        {
            IdentityLog.NoAdminPassword(logger);
            return;
        }

        if (services.GetRequiredService<AccountRules>().CheckPassword(options.Value.AdminPassword, AdminName, "AdminPassword") is { } failure)
        {
            throw new InvalidOperationException($"{IdentitySettings.SectionName}:AdminPassword is not acceptable. {failure.Message}");
        }

        await EnsureAsync(services, AdminName, options.Value.AdminPassword, Roles.Admin, cancellationToken);
        IdentityLog.FirstAdmin(logger, AdminName);
    }

    private async Task EnsureAsync(IServiceProvider services, string name, string password, string role, CancellationToken cancellationToken)
    {
        var users = services.GetRequiredService<UserManager<Account>>();
        var normalized = users.NormalizeName(name);
        if (await services.GetRequiredService<Capibara6DbContext>().Set<Account>().AnyAsync(account => account.NormalizedUserName == normalized, cancellationToken))
        {
            return;
        }

        var now = time.GetUtcNow();
        var account = new Account { Id = Guid.CreateVersion7(now), UserName = name, Roles = [role], CreatedAt = now };
        account.PasswordHash = users.PasswordHasher.HashPassword(account, password);
        var result = await users.CreateAsync(account);
        if (!result.Succeeded)
        {
            throw new InvalidOperationException($"The account {name} can't be made: {string.Join(", ", result.Errors.Select(error => error.Code))}.");
        }
    }

    private static async Task RefuseDemoPasswordsAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var users = services.GetRequiredService<UserManager<Account>>();
        foreach (var (name, password, _) in DemoAccounts.All)
        {
            var normalized = users.NormalizeName(name);
            var account = await services.GetRequiredService<Capibara6DbContext>().Set<Account>().AsNoTracking()
                .FirstOrDefaultAsync(found => found.NormalizedUserName == normalized && found.DeactivatedAt == null, cancellationToken);
            if (account?.PasswordHash is not null
                && users.PasswordHasher.VerifyHashedPassword(account, account.PasswordHash, password) != PasswordVerificationResult.Failed)
            {
                throw new InvalidOperationException(
                    $"The account '{name}' still has the well-known demo password, and this is not Development. "
                    + "Start once in Development and change the password or deactivate the account, or use another database.");
            }
        }
    }
}
