using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Hosting.LocalServers;
using Capibara6.Hosting.LocalServers.Programs;
using Capibara6.Tests.Hosting.Publishing;

namespace Capibara6.Tests.AppHost;

/// <summary>The whole system, started as its users start it, on ports and data of its own.</summary>
[TestClass]
public sealed class AppHostTests
{
    private static readonly string s_identity = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
    private static DistributedApplication? s_app;

    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        var token = context.CancellationToken;
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Capibara6_AppHost>(
            [$"--AppHostSha={s_identity}", "--infrastructure", "local"], token);
        s_app = await builder.BuildAsync(token);
        await s_app.StartAsync(token);
        await Task.WhenAll(new[] { "capibara6-api", "capibara6-graphql", "capibara6-worker" }
            .Select(name => s_app.ResourceNotifications.WaitForResourceHealthyAsync(name, token)));
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        if (s_app is not null)
        {
            await s_app.StopAsync(CancellationToken.None);
            await s_app.DisposeAsync();
        }

        var volumes = HostFolders.Default.Volume(string.Empty);
        foreach (var volume in Directory.Exists(volumes) ? Directory.GetDirectories(volumes, $"*-{s_identity[..10].ToLowerInvariant()}-*") : [])
        {
            Directory.Delete(volume, recursive: true);
        }
    }

    [TestMethod]
    [TestCategory("Slow")]
    public async Task Query_ThroughEveryLayer_IsAnsweredAndThenCached()
    {
        using var client = await LogInAsync("capibara6-api");

        var first = await AskAsync(client);
        var second = await AskAsync(client);

        Assert.IsFalse(first.GetProperty("cached").GetBoolean());
        Assert.IsTrue(second.GetProperty("cached").GetBoolean());
        Assert.AreEqual(first.GetProperty("result").GetString(), second.GetProperty("result").GetString());
        foreach (var part in new[] { "id", "query", "model_used", "routing", "ace", "usage", "processing_time_ms", "timestamp" })
        {
            Assert.IsTrue(first.TryGetProperty(part, out _), $"{part} is missing in {first}");
        }
    }

    [TestMethod]
    [TestCategory("Slow")]
    public async Task GraphQl_CallsOfTheOriginalSystem_WorkAsTheyStand()
    {
        using var client = await LogInAsync("capibara6-graphql");

        using var response = await client.PostAsJsonAsync(
            "/graphql", new { query = "mutation { processQuery(input: {query: \"test\"}) { query result } }" }, Token);

        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.AreEqual("test", answer.GetProperty("data").GetProperty("processQuery").GetProperty("query").GetString(), answer.ToString());
    }

    /// <summary>An alert on a metric that nobody exposes never fires, and a panel stays empty.</summary>
    [TestMethod]
    [TestCategory("Slow")]
    public async Task Metrics_OfAlertsAndDashboards_AreExposed()
    {
        using var client = await LogInAsync("capibara6-api");
        await AskAsync(client);
        using var batch = await client.PostAsJsonAsync("/api/v1/batch", new { queries = new[] { "What is 1 times 2?" } }, Token);
        batch.EnsureSuccessStatusCode();
        var used = MonitoredMetrics.Of((await PublishedAppHost.GetAsync()).Compose).Except(CountersOfFaults()).ToList();
        CollectionAssert.Contains(used, "http_server_request_duration_seconds_bucket");

        var missing = used;
        await Eventually.TrueAsync(
            async () =>
            {
                var exposed = string.Empty;
                foreach (var service in new[] { "capibara6-api", "capibara6-graphql", "capibara6-worker" })
                {
                    using var http = s_app!.CreateHttpClient(service);
                    exposed += "\n" + await http.GetStringAsync("/metrics", Token);
                }

                missing = [.. used.Where(name => !exposed.Contains($"\n{name}{{", StringComparison.Ordinal) && !exposed.Contains($"\n{name} ", StringComparison.Ordinal))];
                return missing.Count == 0;
            },
            TimeSpan.FromSeconds(30), () => $"exposed are {string.Join(", ", missing)}", Token);
    }

    /// <summary>Counters that begin with the first fault, which nothing here has: their instruments are there.</summary>
    private static List<string> CountersOfFaults()
    {
        List<string> names = [];
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, _) => names.Add($"{instrument.Name.Replace('.', '_')}_total"),
        };
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(Capibara6.Core.ModelClients.ModelTelemetry).TypeHandle);
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(Capibara6.Core.Queries.QueryTelemetry).TypeHandle);
        listener.Start();
        return [.. names.Where(static name => name is "capibara6_model_faults_total" or "capibara6_query_fallbacks_total")];
    }

    /// <summary>The first query needs no log-in: whoever sits at this machine could use the demo accounts anyway.</summary>
    [TestMethod]
    [TestCategory("Slow")]
    public async Task Query_FromThisMachine_NeedsNoCredentials()
    {
        using var client = s_app!.CreateHttpClient("capibara6-api");
        using var answer = await client.PostAsJsonAsync("/api/v1/query", new { query = "Who am I?" }, Token);
        Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
    }

    [TestMethod]
    [TestCategory("Slow")]
    public void Servers_WithoutContainers_SayHowTheyRun()
    {
        foreach (var server in new[] { "postgres", "timescaledb", "redis" })
        {
            Assert.IsTrue(s_app!.ResourceNotifications.TryGetCurrentState(server, out var state), server);
            var runsAs = state.Snapshot.Properties.Single(property => property.Name == LocalServerResource.RunsAs).Value as string;
            StringAssert.StartsWith(runsAs, "local server, ");
        }
    }

    /// <summary>A client of a service, with the token of an account that every development system has.</summary>
    private async Task<HttpClient> LogInAsync(string service)
    {
        var (name, password, _) = DemoAccounts.All.First(account => account.Role == Roles.Admin);
        using var api = s_app!.CreateHttpClient("capibara6-api");
        string? token = null;

        // The accounts are made a moment after the schema.
        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await api.PostAsJsonAsync("/auth/login", new { username = name, password }, Token);
                token = response.IsSuccessStatusCode
                    ? (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("access_token").GetString()
                    : null;
                return token is not null;
            },
            TimeSpan.FromSeconds(30), "log-in of a demo account", Token);
        var client = s_app!.CreateHttpClient(service);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private async Task<JsonElement> AskAsync(HttpClient client)
    {
        using var response = await client.PostAsJsonAsync("/api/v1/query", new { query = "How to create a Python function?" }, Token);
        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.IsTrue(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {body}");
        return JsonDocument.Parse(body).RootElement;
    }
}
