using Capibara6.Core.Data;
using Capibara6.Core.Identity.ApiKeys;
using Capibara6.Core.Identity.Audit;
using Capibara6.Core.Identity.Credentials;
using Capibara6.Core.Identity.Passwords;
using Capibara6.Core.Identity.Tokens;
using Capibara6.Core.Usage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Identity.Accounts;

internal sealed class Users(
    Capibara6DbContext database, IdentityTransactions transactions, Revocations revocations, AccountRules rules, PasswordGuesses guesses,
    LoginFailures failures, IPasswordHasher<Account> hasher, IOptions<IdentitySettings> options, TimeProvider time) : IUsers
{
    public async Task<IReadOnlyList<UserView>> ListAsync(Guid? before, int limit, CancellationToken cancellationToken)
    {
        var accounts = database.Set<Account>().AsNoTracking();
        if (before is { } last)
        {
            accounts = accounts.Where(account => account.Id < last);
        }

        var found = await accounts.OrderByDescending(account => account.Id)
            .Take(Math.Clamp(limit, 1, AccountLimits.MaxPageSize)).ToListAsync(cancellationToken);
        return [.. found.Select(ToView)];
    }

    public async Task<Outcome<UserView>> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await database.Set<Account>().AsNoTracking().FirstOrDefaultAsync(account => account.Id == id, cancellationToken) is { } found
            ? ToView(found)
            : IdentityFailures.UserNotFound;

    public async Task<Outcome<UserView>> CreateAsync(Caller actor, UserDraft draft, RequestOrigin origin, CancellationToken cancellationToken)
    {
        if (rules.Check(draft) is { } failure)
        {
            return failure;
        }

        return await transactions.RunAsync<Outcome<UserView>>(
            IdentityTransactions.Accounts,
            async (services, token) =>
            {
                var manager = services.GetRequiredService<UserManager<Account>>();
                var context = services.GetRequiredService<Capibara6DbContext>();
                var normalized = manager.NormalizeName(draft.Name);
                if (await context.Set<Account>().AnyAsync(other => other.NormalizedUserName == normalized, token))
                {
                    return IdentityFailures.Conflict("That name is taken.") with { Field = "username" };
                }

                var now = time.GetUtcNow();
                var account = new Account
                {
                    Id = Guid.CreateVersion7(now),
                    UserName = draft.Name,
                    Email = draft.Email,
                    Roles = [.. draft.Roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
                    CreatedAt = now,
                    RateLimits = Copy(draft.RateLimits),
                    Budget = draft.Budget ?? new BudgetLimits(),
                };
                services.GetRequiredService<AuditLog>().Add(
                    AuditActions.UserCreated, actor, origin, account.Id.ToString(), $"{account.UserName}: {string.Join(' ', account.Roles)}");
                var result = await manager.CreateAsync(account, draft.Password);
                return result.Succeeded ? ToView(account) : throw Unexpected(result);
            },
            cancellationToken);
    }

    public async Task<Outcome<UserView>> ChangeAsync(
        Caller actor, Guid id, UserChange change, RequestOrigin origin, CancellationToken cancellationToken)
    {
        var outcome = await transactions.RunAsync<Outcome<UserView>>(
            IdentityTransactions.Accounts,
            async (services, token) =>
            {
                var context = services.GetRequiredService<Capibara6DbContext>();
                if (await LockAsync(services, id, token) is not { } account)
                {
                    return IdentityFailures.UserNotFound;
                }

                if (rules.Check(change, account) is { } failure)
                {
                    return failure;
                }

                if (LosesAdmin(account, change) && await IsLastAdminAsync(context, account, token))
                {
                    return IdentityFailures.Conflict("This is the last active administrator; make another one first.");
                }

                var changed = await ApplyAsync(services, account, change, token);
                services.GetRequiredService<AuditLog>().Add(
                    AuditActions.UserChanged, actor, origin, account.Id.ToString(), $"{account.UserName}: {string.Join(", ", changed)}");
                return ToView(account);
            },
            cancellationToken);
        if (outcome is Outcome<UserView>.Success)
        {
            await revocations.AnnounceAsync(id);
        }

        return outcome;
    }

    public async Task<Outcome<UserView>> DeleteAsync(Caller actor, Guid id, RequestOrigin origin, CancellationToken cancellationToken)
    {
        var outcome = await transactions.RunAsync<Outcome<UserView>>(
            IdentityTransactions.Accounts,
            async (services, token) =>
            {
                var context = services.GetRequiredService<Capibara6DbContext>();
                if (await LockAsync(services, id, token) is not { } account)
                {
                    return IdentityFailures.UserNotFound;
                }

                if (await IsLastAdminAsync(context, account, token))
                {
                    return IdentityFailures.Conflict("This is the last active administrator; make another one first.");
                }

                context.Remove(account);
                services.GetRequiredService<AuditLog>().Add(AuditActions.UserDeleted, actor, origin, account.Id.ToString(), account.UserName);
                return ToView(account);
            },
            cancellationToken);
        if (outcome is Outcome<UserView>.Success)
        {
            await revocations.AnnounceAsync(id);
        }

        return outcome;
    }

    public async Task<Outcome<UserView>> ChangePasswordAsync(
        Caller caller, PasswordChange change, RequestOrigin origin, CancellationToken cancellationToken)
    {
        // A key does what its owner delegated to it, and the local caller has proved nothing.
        if (caller.ApiKeyId is not null || caller.IsLocal)
        {
            return IdentityFailures.NotPermitted with { Message = "Changing a password needs the token of a log-in." };
        }

        var guess = await guesses.TakeAsync(caller.AccountId, origin, cancellationToken);
        var account = await database.Set<Account>().AsNoTracking().FirstOrDefaultAsync(found => found.Id == caller.AccountId, cancellationToken);
        var isRight = account?.PasswordHash is { } hash && change.Current.Length <= AccountLimits.MaxPasswordLength
            && hasher.VerifyHashedPassword(account, hash, change.Current) != PasswordVerificationResult.Failed;
        if (!isRight || !guess.MayCount)
        {
            await failures.RecordAsync(AuditActions.PasswordCheckFailed, account, caller.Name, origin, guess, cancellationToken);
            return guess.MayCount ? IdentityFailures.Invalid("current_password", "The current password is wrong.") : TooManyGuesses();
        }

        if (rules.CheckPassword(change.New, account!.UserName!, "new_password") is { } failure)
        {
            return failure;
        }

        await guesses.ForgetAsync(account.Id, origin, cancellationToken);
        return await ReplaceOwnPasswordAsync(caller, account, change, origin, cancellationToken);
    }

    private async Task<Outcome<UserView>> ReplaceOwnPasswordAsync(
        Caller caller, Account compared, PasswordChange change, RequestOrigin origin, CancellationToken cancellationToken)
    {
        var outcome = await transactions.RunAsync<Outcome<UserView>>(
            IdentityTransactions.Accounts,
            async (services, token) =>
            {
                // Changed meanwhile: what was compared is no longer the password.
                if (await LockAsync(services, caller.AccountId, token) is not { } account || account.PasswordHash != compared.PasswordHash)
                {
                    return IdentityFailures.Invalid("current_password", "The current password is wrong.");
                }

                await ReplacePasswordAsync(services, account, change.New, token);
                var revoked = change.RevokeApiKeys ? await RevokeKeysAsync(services, account.Id, token) : 0;
                services.GetRequiredService<AuditLog>().Add(
                    AuditActions.PasswordChanged, caller, origin, account.Id.ToString(), KeysRevoked(change.RevokeApiKeys, revoked));
                return ToView(account);
            },
            cancellationToken);
        await revocations.AnnounceAsync(caller.AccountId);
        return outcome;
    }

    private async Task<IReadOnlyList<string>> ApplyAsync(IServiceProvider services, Account account, UserChange change, CancellationToken cancellationToken)
    {
        var changed = new List<string>();
        if (change.Roles is { } roles)
        {
            account.Roles = [.. roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            account.SecurityStamp = NewStamp();
            changed.Add($"roles {string.Join(' ', account.Roles)}");
        }

        if (change.Active is { } active && active != account.DeactivatedAt is null)
        {
            account.DeactivatedAt = active ? null : time.GetUtcNow();
            account.LockoutEnd = null;
            await EndSessionsAsync(services, account, cancellationToken);
            changed.Add(active ? "activated" : "deactivated");
        }

        if (change.Password is { } password)
        {
            await ReplacePasswordAsync(services, account, password, cancellationToken);
            var revoked = change.RevokeApiKeys ? await RevokeKeysAsync(services, account.Id, cancellationToken) : 0;
            changed.Add($"password ({KeysRevoked(change.RevokeApiKeys, revoked)})");
        }

        if (change.Email is { } email)
        {
            account.Email = email;
            account.NormalizedEmail = services.GetRequiredService<UserManager<Account>>().NormalizeEmail(email);
            changed.Add("email");
        }

        if (change.RateLimits is { } limits)
        {
            account.RateLimits = Copy(limits);
            changed.Add("rate limits");
        }

        if (change.Budget is { } budget)
        {
            account.Budget = budget;
            changed.Add("budget");
        }

        return changed;
    }

    /// <summary>
    /// The account, locked until the transaction ends. Log-in locks it too when it writes a session, so that none is written
    /// between the end of the old ones and the new stamp.
    /// </summary>
    private static async Task<Account?> LockAsync(IServiceProvider services, Guid id, CancellationToken cancellationToken)
    {
        var context = services.GetRequiredService<Capibara6DbContext>();
        await context.Database.ExecuteSqlAsync($"SELECT 1 FROM accounts WHERE id = {id} FOR UPDATE", cancellationToken);
        return await context.Set<Account>().FirstOrDefaultAsync(found => found.Id == id, cancellationToken);
    }

    private Task<int> RevokeKeysAsync(IServiceProvider services, Guid accountId, CancellationToken cancellationToken)
    {
        DateTimeOffset? now = time.GetUtcNow();
        return services.GetRequiredService<Capibara6DbContext>().Set<ApiKey>()
            .Where(key => key.AccountId == accountId && key.RevokedAt == null)
            .ExecuteUpdateAsync(change => change.SetProperty(key => key.RevokedAt, now), cancellationToken);
    }

    private static string KeysRevoked(bool wanted, int count) => wanted ? $"API keys revoked: {count}" : "API keys kept";

    private Failure TooManyGuesses() =>
        new(FailureCodes.RateLimited, FailureKind.RateLimited, "Too many wrong passwords; wait as long as Retry-After says.")
        {
            RetryAfter = options.Value.LockoutDuration,
        };

    private async Task ReplacePasswordAsync(IServiceProvider services, Account account, string password, CancellationToken cancellationToken)
    {
        account.PasswordHash = services.GetRequiredService<IPasswordHasher<Account>>().HashPassword(account, password);
        await EndSessionsAsync(services, account, cancellationToken);
    }

    private async Task EndSessionsAsync(IServiceProvider services, Account account, CancellationToken cancellationToken)
    {
        account.SecurityStamp = NewStamp();
        DateTimeOffset? now = time.GetUtcNow();
        await services.GetRequiredService<Capibara6DbContext>().Set<Session>()
            .Where(session => session.AccountId == account.Id && session.RevokedAt == null)
            .ExecuteUpdateAsync(change => change.SetProperty(session => session.RevokedAt, now), cancellationToken);
    }

    private static bool LosesAdmin(Account account, UserChange change) =>
        account.Roles.Contains(Roles.Admin, StringComparer.Ordinal)
        && (change.Active == false || (change.Roles is { } roles && !roles.Contains(Roles.Admin, StringComparer.Ordinal)));

    private static async Task<bool> IsLastAdminAsync(Capibara6DbContext context, Account account, CancellationToken cancellationToken) =>
        account.Roles.Contains(Roles.Admin, StringComparer.Ordinal) && account.DeactivatedAt is null && account.ExternalId is null
        && !await context.Set<Account>().AnyAsync(
            other => other.Id != account.Id && other.DeactivatedAt == null && other.ExternalId == null && other.Roles.Contains(Roles.Admin),
            cancellationToken);

    private static string NewStamp() => Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(20));

    private static Dictionary<string, int> Copy(IReadOnlyDictionary<string, int>? limits) =>
        new(limits ?? new Dictionary<string, int>(), StringComparer.Ordinal);

    private static InvalidOperationException Unexpected(IdentityResult result) =>
        new($"The account was refused after it had been checked: {string.Join(", ", result.Errors.Select(error => error.Code))}.");

    private UserView ToView(Account account) => new(
        account.Id, account.UserName!, account.Email, account.Roles, account.DeactivatedAt is null, account.LockoutEnd > time.GetUtcNow(),
        account.ExternalId is not null, account.CreatedAt, account.RateLimits, account.Budget);
}
