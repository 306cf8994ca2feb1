using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.Api.Access;
using Capibara6.Core.Jobs;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Capibara6.Tests.Api;

/// <summary>
/// The API with a scripted Core behind it, for what only the edge decides: bodies, statuses, shapes, streams. What Core
/// decides is tested against the real one.
/// </summary>
internal sealed class EdgeHost : WebApplicationFactory<CurrentCaller>
{
    public ScriptedPipeline Pipeline { get; } = new();

    public ScriptedBatches Batches { get; } = new();

    /// <summary>False: Core is the real one, with servers that aren't there.</summary>
    public bool CoreIsScripted { get; init; } = true;

    /// <summary>Moved by hand when a test gives one.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Settings on top.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    public LogRecorder Log { get; } = new();

    public static async Task<JsonElement> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Assert.AreEqual("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        Assert.AreEqual((int)response.StatusCode, problem.GetProperty("status").GetInt32());
        Assert.AreNotEqual("", problem.GetProperty("code").GetString());
        Assert.AreNotEqual("", problem.GetProperty("detail").GetString());
        Assert.AreNotEqual("", problem.GetProperty("trace_id").GetString());
        return problem;
    }

    protected override void ConfigureClient(HttpClient client)
    {
        base.ConfigureClient(client);
        KnownCaller.SignIn(client);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(Environments.Production);

        // Nothing here asks a database, and nothing listens on the discard port.
        builder.UseSetting("ConnectionStrings:capibara6", "Host=127.0.0.1;Port=9;Username=none;Database=none;Timeout=1");
        builder.UseSetting("ConnectionStrings:redis", "127.0.0.1:9");
        builder.UseSetting("ConnectionStrings:models", "Endpoint=http://127.0.0.1:9/v1");
        builder.UseSetting("Shutdown:DrainDelay", "00:00:00");
        builder.UseSetting("RateLimits:Enabled", "false");
        builder.UseSetting("Docs:Enabled", "true");
        builder.UseSetting("Health:CheckTimeout", "00:00:00.500");
        foreach (var (name, value) in Settings)
        {
            builder.UseSetting(name, value);
        }

        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Log));
        builder.ConfigureTestServices(services =>
        {
            services.AddKnownCaller();
            if (!CoreIsScripted)
            {
                return;
            }

            services.RemoveAll<IHostedService>();
            services.Replace(ServiceDescriptor.Singleton(Time));
            services.AddSingleton<IQueryPipeline>(Pipeline);
            services.AddSingleton<IBatches>(Batches);
            services.AddSingleton<IModelCatalog, ScriptedCatalog>();
        });
    }
}
