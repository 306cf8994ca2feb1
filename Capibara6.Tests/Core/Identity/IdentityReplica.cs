using Capibara6.Core;
using Capibara6.Core.Data;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.ApiKeys;
using Capibara6.Core.Identity.Audit;
using Capibara6.Core.Identity.Credentials;
using Capibara6.Core.Identity.SigningKeys;
using Capibara6.Core.Identity.Tokens;
using Capibara6.Core.RateLimiting;
using Capibara6.Core.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Capibara6.Tests.Core.Identity;

/// <summary>One process of the system as far as access goes: Core's real services on a real database, and Redis if given.</summary>
internal sealed class IdentityReplica : IAsyncDisposable
{
    public const string AdminPassword = "correct horse battery staple";
    private readonly IHost _host;

    private IdentityReplica(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public ICredentials Credentials => Services.GetRequiredService<ICredentials>();

    public IBudgets Budgets => Services.GetRequiredService<IBudgets>();

    public IRateLimiter Limiter => Services.GetRequiredService<IRateLimiter>();

    public static async Task<IdentityReplica> StartAsync(
        string database, CancellationToken cancellationToken, string? redis = null, Dictionary<string, string?>? settings = null,
        string environment = "Production", TimeProvider? time = null, Action<IServiceCollection>? services = null)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment, DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:capibara6"] = database,
            ["Identity:AdminPassword"] = AdminPassword,
            ["Identity:PasswordIterations"] = "100000",
        });
        builder.Configuration.AddInMemoryCollection(settings);
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        if (redis is not null)
        {
            var multiplexer = await ConnectionMultiplexer.ConnectAsync(redis);
            builder.Services.AddSingleton<IConnectionMultiplexer>(_ => multiplexer);
        }

        builder.Services.AddLogging();
        builder.AddMainDatabase();
        builder.Services.AddData().AddTokenIssuing().AddRateLimiting().AddBudgets();
        builder.Services.AddSingleton<ISigningKeyProtector, ReversingProtector>();
        services?.Invoke(builder.Services);
        var replica = new IdentityReplica(builder.Build());
        await replica._host.StartAsync(cancellationToken);
        return replica;
    }

    /// <summary>Runs something with the services of one request.</summary>
    public async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }

    public Task<Outcome<TokenPair>> LogInAsync(string name, string password, CancellationToken cancellationToken, string? address = null) =>
        InScopeAsync(services => services.GetRequiredService<ISessions>().LogInAsync(name, password, new RequestOrigin(address), cancellationToken));

    public Task<Outcome<TokenPair>> RefreshAsync(string token, CancellationToken cancellationToken) =>
        InScopeAsync(services => services.GetRequiredService<ISessions>().RefreshAsync(token, RequestOrigin.None, cancellationToken));

    public async Task<UserView> CreateUserAsync(string name, string role, CancellationToken cancellationToken, BudgetLimits? budget = null) =>
        Value(await InScopeAsync(services => services.GetRequiredService<IUsers>().CreateAsync(
            Caller.System, new UserDraft(name, PasswordOf(name), null, [role], null, budget), RequestOrigin.None, cancellationToken)));

    public async Task<UserView> ChangeUserAsync(Guid id, UserChange change, CancellationToken cancellationToken) =>
        Value(await InScopeAsync(services => services.GetRequiredService<IUsers>().ChangeAsync(
            Caller.System, id, change, RequestOrigin.None, cancellationToken)));

    public Task<Outcome<NewApiKey>> CreateKeyAsync(Caller caller, ApiKeyDraft draft, CancellationToken cancellationToken) =>
        InScopeAsync(services => services.GetRequiredService<IApiKeys>().CreateAsync(caller, draft, RequestOrigin.None, cancellationToken));

    public async Task<Identified> IdentifyAsync(string token, CancellationToken cancellationToken) =>
        (await Credentials.CheckTokenAsync(token, "test", cancellationToken) as CredentialCheck.Accepted)?.Identity
        ?? throw new AssertFailedException("the token was refused");

    public static string PasswordOf(string name) => $"9Zq!-{new string([.. name.Reverse()])}-tangerine";

    public static T Value<T>(Outcome<T> outcome) =>
        outcome is Outcome<T>.Success success ? success.Value : throw new AssertFailedException(((Outcome<T>.Failed)outcome).Failure.Message);

    public static Failure Failure<T>(Outcome<T> outcome) =>
        outcome is Outcome<T>.Failed failed ? failed.Failure : throw new AssertFailedException("it succeeded");

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    /// <summary>Stands for the host's key ring: what is stored is not the key.</summary>
    private sealed class ReversingProtector : ISigningKeyProtector
    {
        public byte[] Protect(byte[] privateKey) => [.. Enumerable.Reverse(privateKey)];

        public byte[] Unprotect(byte[] protectedKey) => [.. Enumerable.Reverse(protectedKey)];
    }
}
