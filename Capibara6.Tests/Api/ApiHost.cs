using Capibara6.Api.Access;
using Capibara6.Core.Data;
using Capibara6.ModelEmulator;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Capibara6.Tests.Api;

/// <summary>The API as it is deployed: its own database on a real server, real Redis, the emulated models over HTTP.</summary>
internal sealed class ApiHost : WebApplicationFactory<CurrentCaller>
{
    private const int RedisDatabase = 7;

    private readonly RealServers _servers;

    private ApiHost(RealServers servers) => _servers = servers;

    public ModelEmulatorHost Models => _servers.Models;

    public string DatabaseConnectionString => _servers.DatabaseConnectionString;

    public LogRecorder Log { get; } = new();

    /// <summary>Settings on top.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>Starts it on an empty database; <see cref="MigrateAsync"/> does what the worker does.</summary>
    public static async Task<ApiHost> StartEmptyAsync(CancellationToken cancellationToken) =>
        new(await RealServers.StartAsync(TestDatabases.CreateAsync(cancellationToken), RedisDatabase, cancellationToken));

    public static async Task<ApiHost> StartAsync(CancellationToken cancellationToken, params (string Name, string Value)[] settings)
    {
        var host = await StartEmptyAsync(cancellationToken);
        foreach (var (name, value) in settings)
        {
            host.Settings[name] = value;
        }

        try
        {
            await host.MigrateAsync(cancellationToken);
            return host;
        }
        catch (Exception exception)
        {
            var log = string.Join('\n', host.Log.Entries.Where(entry => entry.Level >= LogLevel.Warning));
            throw new InvalidOperationException($"The API didn't start. It logged:\n{log}", exception);
        }
    }

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await Services.GetRequiredService<ISchemaMigrator>().MigrateAsync(cancellationToken);
        await KnownAccounts.AddAsync(_servers.DatabaseConnectionString, cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _servers.DisposeAsync();
    }

    protected override void ConfigureClient(HttpClient client)
    {
        base.ConfigureClient(client);
        KnownCaller.SignIn(client);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        _servers.Configure(builder);

        // The ledger's upkeep comes round every few seconds rather than minutes.
        builder.UseSetting("Budgets:Lease", "00:00:05");
        foreach (var (name, value) in Settings)
        {
            builder.UseSetting(name, value);
        }

        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Log));
    }
}
