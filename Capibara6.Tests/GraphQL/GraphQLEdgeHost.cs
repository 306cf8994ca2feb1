using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Audit;
using Capibara6.Core.Jobs;
using Capibara6.Core.Measurements;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Schema;
using Capibara6.Tests.Api;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Capibara6.Tests.GraphQL;

/// <summary>
/// The GraphQL service on a real port, with a scripted Core behind it: for what only the edge decides. What Core decides is
/// tested against the real one.
/// </summary>
internal sealed class GraphQLEdgeHost : WebApplicationFactory<CapibaraSchema>
{
    private GraphQLEdgeHost() => UseKestrel(0);

    public ScriptedPipeline Pipeline { get; } = new();

    public ScriptedBatches Batches { get; } = new();

    public ScriptedMeasurements Measurements { get; } = new();

    /// <summary>Who asks.</summary>
    public Caller Caller { get; set; } = Caller.System;

    public LogRecorder Log { get; } = new();

    public string Environment { get; init; } = Environments.Production;

    public IReadOnlyList<(string Key, string Value)> Settings { get; init; } = [];

    public static GraphQLEdgeHost Start(string environment = "Production", params IReadOnlyList<(string Key, string Value)> settings)
    {
        var host = new GraphQLEdgeHost { Environment = environment, Settings = settings };
        host.StartServer();
        return host;
    }

    protected override void ConfigureClient(HttpClient client)
    {
        base.ConfigureClient(client);
        KnownCaller.SignIn(client);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("RateLimits:Enabled", "false");
        builder.UseEnvironment(Environment);

        // Nothing here asks a database, and nothing listens on the discard port.
        builder.UseSetting("ConnectionStrings:capibara6", "Host=127.0.0.1;Port=9;Username=none;Database=none;Timeout=1");
        builder.UseSetting("ConnectionStrings:redis", "127.0.0.1:9,connectTimeout=100");
        builder.UseSetting("ConnectionStrings:models", "Endpoint=http://127.0.0.1:9/v1");
        builder.UseSetting("Shutdown:DrainDelay", "00:00:00");
        foreach (var (key, value) in Settings)
        {
            builder.UseSetting(key, value);
        }

        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Log));
        builder.ConfigureTestServices(services =>
        {
            services.AddKnownCaller();
            foreach (var service in services.Where(IsCoresBackgroundWork).ToList())
            {
                services.Remove(service);
            }

            services.Replace(ServiceDescriptor.Singleton<IQueryPipeline>(Pipeline));
            services.Replace(ServiceDescriptor.Singleton<IBatches>(Batches));
            services.Replace(ServiceDescriptor.Singleton<IMeasurements>(Measurements));
            services.Replace(ServiceDescriptor.Singleton<IModelCatalog, ScriptedCatalog>());
            services.Replace(ServiceDescriptor.Singleton<ICallerAccessor>(new ScriptedCaller(this)));
        });
    }

    // The web server is a hosted service too, and stays.
    private static bool IsCoresBackgroundWork(ServiceDescriptor service) =>
        service.ServiceType == typeof(IHostedService)
        && service.ImplementationType?.Assembly == typeof(IQueryPipeline).Assembly;

    private sealed class ScriptedCaller(GraphQLEdgeHost host) : ICallerAccessor
    {
        public RequestUser UserOf(HttpContext context) => new(host.Caller, [], new Dictionary<string, int>(), new RequestOrigin(null));
    }
}

internal static class GraphQLClient
{
    public static Task<HttpResponseMessage> SendQueryAsync(this HttpClient client, string query, object? variables, CancellationToken cancellationToken) =>
        client.PostAsJsonAsync("/graphql", new { query, variables }, cancellationToken);

    /// <summary>The response of a request that was well-formed.</summary>
    public static async Task<JsonElement> AskAsync(this HttpClient client, string query, object? variables, CancellationToken cancellationToken)
    {
        using var response = await client.SendQueryAsync(query, variables, cancellationToken);
        Assert.IsTrue(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    public static string? CodeOf(JsonElement response) =>
        response.GetProperty("errors")[0].GetProperty("extensions").GetProperty("code").GetString();
}
