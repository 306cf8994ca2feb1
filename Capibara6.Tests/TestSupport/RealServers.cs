using Capibara6.ModelEmulator;
using Capibara6.Tests.Core;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Tests;

/// <summary>What a deployed service has around it: a database of its own on a real server, real Redis, the emulated models over HTTP.</summary>
internal sealed class RealServers : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly string _redis;

    private RealServers(TestDatabase database, string redis, ModelEmulatorHost models)
    {
        _database = database;
        _redis = redis;
        Models = models;
    }

    public ModelEmulatorHost Models { get; }

    public string DatabaseConnectionString => _database.ConnectionString;

    /// <param name="database">Empty or migrated.</param>
    /// <param name="redisDatabase">Away from what other tests keep in the shared server.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<RealServers> StartAsync(Task<TestDatabase> database, int redisDatabase, CancellationToken cancellationToken)
    {
        var redis = TestRedis.GetAsync(cancellationToken);
        var models = EmulatedPair.StartAsync(cancellationToken);
        return new RealServers(await database, $"{(await redis).ConnectionString},defaultDatabase={redisDatabase}", await models);
    }

    /// <summary>The settings of a deployed service, without limits and waits, and with a caller who is known.</summary>
    public void Configure(IWebHostBuilder builder)
    {
        builder.UseEnvironment(Environments.Production);
        builder.UseSetting("Sandbox:Providers", "javascript");
        builder.UseSetting("ConnectionStrings:capibara6", _database.ConnectionString);
        builder.UseSetting("ConnectionStrings:redis", _redis);
        builder.UseSetting("ConnectionStrings:models", $"Endpoint={Models.Address}v1");
        builder.UseSetting("Models:Resilience:RetryDelay", "00:00:00.010");
        builder.UseSetting("Shutdown:DrainDelay", "00:00:00");
        builder.UseSetting("RateLimits:Enabled", "false");
        builder.UseSetting("Health:ReportLifetime", "00:00:00");
        builder.ConfigureTestServices(services => services.AddKnownCaller());
    }

    public async ValueTask DisposeAsync()
    {
        await Models.DisposeAsync();
        await _database.DisposeAsync();
    }
}
