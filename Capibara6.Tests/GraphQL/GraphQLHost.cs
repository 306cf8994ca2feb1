using Capibara6.GraphQLApi.Schema;
using Capibara6.ModelEmulator;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;

namespace Capibara6.Tests.GraphQL;

/// <summary>The GraphQL service as it is deployed: a migrated database on a real server, real Redis, the emulated models over HTTP.</summary>
internal sealed class GraphQLHost : WebApplicationFactory<CapibaraSchema>
{
    private const int RedisDatabase = 8;

    private readonly RealServers _servers;
    private (string Key, string Value)[] _settings = [];

    private GraphQLHost(RealServers servers) => _servers = servers;

    public ModelEmulatorHost Models => _servers.Models;

    public static async Task<GraphQLHost> StartAsync(CancellationToken cancellationToken) =>
        new(await RealServers.StartAsync(MigratedDatabase.CreateAsync(cancellationToken), RedisDatabase, cancellationToken));

    /// <summary>On a real port, which browsers need.</summary>
    public static async Task<GraphQLHost> ListenAsync(CancellationToken cancellationToken, params (string Key, string Value)[] settings)
    {
        var host = await StartAsync(cancellationToken);
        host._settings = settings;
        host.UseKestrel(0);
        host.StartServer();
        return host;
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
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }

        builder.ConfigureLogging(logging => logging.ClearProviders());
    }
}
