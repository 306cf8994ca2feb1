using Capibara6.GraphQLApi.Schema;
using Capibara6.ModelEmulator;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Capibara6.Tests.GraphQL;

/// <summary>The GraphQL service as it is deployed: a migrated database on a real server, real Redis, the emulated models over HTTP.</summary>
internal sealed class GraphQLHost : WebApplicationFactory<CapibaraSchema>
{
    // Away from what other tests keep in the shared server.
    private const int RedisDatabase = 8;

    private readonly TestDatabase _database;
    private readonly TestRedis _redis;

    private GraphQLHost(TestDatabase database, TestRedis redis, ModelEmulatorHost models)
    {
        _database = database;
        _redis = redis;
        Models = models;
    }

    public ModelEmulatorHost Models { get; }

    public static async Task<GraphQLHost> StartAsync(CancellationToken cancellationToken)
    {
        var database = MigratedDatabase.CreateAsync(cancellationToken);
        var redis = TestRedis.GetAsync(cancellationToken);
        var models = ModelEmulatorHost.StartAsync(
            options =>
            {
                options.Models.Add(new EmulatedModel { Id = "capibara6-20b" });
                options.Models.Add(new EmulatedModel { Id = "capibara6-120b" });
            },
            cancellationToken);
        return new GraphQLHost(await database, await redis, await models);
    }

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
        builder.UseSetting("RateLimits:Enabled", "false");
        builder.UseEnvironment(Environments.Production);
        builder.UseSetting("ConnectionStrings:capibara6", _database.ConnectionString);
        builder.UseSetting("ConnectionStrings:redis", $"{_redis.ConnectionString},defaultDatabase={RedisDatabase}");
        builder.UseSetting("ConnectionStrings:models", $"Endpoint={Models.Address}v1");
        builder.UseSetting("Models:Resilience:RetryDelay", "00:00:00.010");
        builder.UseSetting("Shutdown:DrainDelay", "00:00:00");
        builder.UseSetting("Health:ReportLifetime", "00:00:00");
        builder.ConfigureTestServices(services => services.AddKnownCaller());
        builder.ConfigureLogging(logging => logging.ClearProviders());
    }
}
