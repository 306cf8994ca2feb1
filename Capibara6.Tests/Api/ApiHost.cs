using Capibara6.Api.Access;
using Capibara6.Core.Data;
using Capibara6.ModelEmulator;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Capibara6.Tests.Api;

/// <summary>The API as it is deployed: its own database on a real server, real Redis, the emulated models over HTTP.</summary>
internal sealed class ApiHost : WebApplicationFactory<CurrentCaller>
{
    // Away from what other tests keep in the shared server.
    private const int RedisDatabase = 7;

    private readonly TestDatabase _database;
    private readonly TestRedis _redis;

    private ApiHost(TestDatabase database, TestRedis redis, ModelEmulatorHost models)
    {
        _database = database;
        _redis = redis;
        Models = models;
    }

    public ModelEmulatorHost Models { get; }

    public LogRecorder Log { get; } = new();

    /// <summary>Starts it on an empty database; <see cref="MigrateAsync"/> does what the worker does.</summary>
    public static async Task<ApiHost> StartEmptyAsync(CancellationToken cancellationToken)
    {
        var database = TestDatabases.CreateAsync(cancellationToken);
        var redis = TestRedis.GetAsync(cancellationToken);
        var models = ModelEmulatorHost.StartAsync(
            options =>
            {
                options.Models.Add(new EmulatedModel { Id = "capibara6-20b" });
                options.Models.Add(new EmulatedModel { Id = "capibara6-120b" });
            },
            cancellationToken);
        return new ApiHost(await database, await redis, await models);
    }

    public static async Task<ApiHost> StartAsync(CancellationToken cancellationToken)
    {
        var host = await StartEmptyAsync(cancellationToken);
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

    public Task MigrateAsync(CancellationToken cancellationToken) =>
        Services.GetRequiredService<ISchemaMigrator>().MigrateAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Models.DisposeAsync();
        await _database.DisposeAsync();
    }

    protected override void ConfigureClient(HttpClient client)
    {
        base.ConfigureClient(client);
        KnownCaller.SignIn(client);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(Environments.Production);
        builder.UseSetting("ConnectionStrings:capibara6", _database.ConnectionString);
        builder.UseSetting("ConnectionStrings:redis", $"{_redis.ConnectionString},defaultDatabase={RedisDatabase}");
        builder.UseSetting("ConnectionStrings:models", $"Endpoint={Models.Address}v1");
        builder.UseSetting("Models:Resilience:RetryDelay", "00:00:00.010");
        builder.UseSetting("Shutdown:DrainDelay", "00:00:00");
        builder.UseSetting("RateLimits:Enabled", "false");
        builder.ConfigureTestServices(services => services.AddKnownCaller());
        builder.UseSetting("Health:ReportLifetime", "00:00:00");

        // The ledger's upkeep comes round every few seconds rather than minutes.
        builder.UseSetting("Budgets:Lease", "00:00:05");
        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Log));
    }
}
