using Capibara6.Core.Data;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.ApiKeys;
using Capibara6.Core.Identity.Audit;
using Capibara6.Core.Identity.Credentials;
using Capibara6.Core.Identity.Passwords;
using Capibara6.Core.Identity.SigningKeys;
using Capibara6.Core.Identity.Tokens;
using Capibara6.Core.Redis;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Identity;

public static class IdentityServiceCollectionExtensions
{
    /// <summary>
    /// Accounts, API keys and the check of credentials: what every service needs that lets somebody in. Wants the
    /// <see cref="Capibara6DbContext"/>; uses Redis, when there is a connection, to tell other replicas of changes.
    /// </summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.AddOptions<IdentitySettings>().BindConfiguration(IdentitySettings.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IdentitySettings>, IdentitySettingsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddRedisLink();
        services.AddAccounts();
        services.TryAddSingleton<IdentityTransactions>();
        services.TryAddScoped<AuditLog>();
        services.TryAddScoped<IAuditLog>(provider => provider.GetRequiredService<AuditLog>());
        services.TryAddScoped<IApiKeys, ApiKeyStore>();
        services.TryAddSingleton<ApiKeyUsage>();
        services.TryAddSingleton<VerificationKeys>();
        services.TryAddSingleton<IVerificationKeys>(provider => provider.GetRequiredService<VerificationKeys>());
        services.TryAddSingleton<AccessTokenValidator>();
        services.TryAddSingleton<BadCredentials>();
        services.TryAddSingleton<AccountStates>();
        services.TryAddSingleton<ExternalAccounts>();
        services.TryAddSingleton<CallerStanding>();
        services.TryAddSingleton<ICallerStanding>(provider => provider.GetRequiredService<CallerStanding>());
        services.TryAddSingleton<Revocations>();
        services.TryAddSingleton<ICredentials, Credentials.Credentials>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, Revocations>(Self<Revocations>));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, IdentityUpkeep>());
        return services;
    }

    /// <summary>
    /// Log-in and signing, for the one service that issues tokens. The host binds <see cref="ISigningKeyProtector"/> to
    /// its key ring, which may live in <see cref="IProtectionKeyStore"/>.
    /// </summary>
    public static IServiceCollection AddTokenIssuing(this IServiceCollection services)
    {
        services.AddIdentity();
        services.TryAddSingleton<IProtectionKeyStore, ProtectionKeyStore>();
        services.TryAddSingleton<SigningKeyRing>();
        services.TryAddSingleton<ISigningKeyRing>(provider => provider.GetRequiredService<SigningKeyRing>());
        services.TryAddSingleton<AccessTokenIssuer>();
        services.TryAddSingleton<DummyPassword>();
        services.TryAddSingleton<AccountBootstrap>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AccountBootstrap>(Self<AccountBootstrap>));
        services.TryAddScoped<LoginCheck>();
        services.TryAddScoped<SessionEnding>();
        services.TryAddScoped<ISessions, Sessions>();
        return services;
    }

    private static void AddAccounts(this IServiceCollection services)
    {
        services.AddIdentityCore<Account>(options =>
        {
            // Names and passwords are checked by AccountRules, which outside identities must not trip over.
            options.User.AllowedUserNameCharacters = string.Empty;
            options.Password.RequireDigit = false;
            options.Password.RequireLowercase = false;
            options.Password.RequireUppercase = false;
            options.Password.RequireNonAlphanumeric = false;
            options.Password.RequiredUniqueChars = 1;
            options.Password.RequiredLength = 1;
        });
        services.AddOptions<PasswordHasherOptions>()
            .Configure<IOptions<IdentitySettings>>((hasher, settings) => hasher.IterationCount = settings.Value.PasswordIterations);
        services.TryAddScoped<IUserStore<Account>, UserOnlyStore<Account, Capibara6DbContext, Guid>>();
        services.TryAddSingleton<AccountRules>();
        services.TryAddSingleton<PasswordGuesses>();
        services.TryAddScoped<LoginFailures>();
        services.TryAddScoped<IUsers, Users>();
    }

    private static T Self<T>(IServiceProvider provider)
        where T : class => provider.GetRequiredService<T>();
}
