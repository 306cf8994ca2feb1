using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.Api.Access;
using Capibara6.ModelEmulator;
using Capibara6.Tests.Core;
using Capibara6.Tests.ServiceDefaults;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Trace;

namespace Capibara6.Tests.Api.Queries;

/// <summary>A query is one trace: from its caller through the stages to the model, PostgreSQL and Redis.</summary>
[TestClass]
public sealed class QueryTraceTests
{
    private const string AdminPassword = "correct horse battery staple";

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Query_Answered_IsOneTraceFromTheCallerToModelDatabaseAndRedis()
    {
        var trace = ActivityTraceId.CreateRandom();
        var spans = await SpansOfAsync(trace);
        var byId = spans.ToDictionary(span => span.SpanId);
        Activity? ParentOf(Activity span) => byId.GetValueOrDefault(span.ParentSpanId);
        Activity Stage(string name) => spans.Single(span => span.Source.Name == "Capibara6.Queries" && span.DisplayName == name);

        var root = spans.Single(span => ParentOf(span) is null);
        Assert.AreEqual(ActivityKind.Server, root.Kind);
        Assert.AreSame(root, ParentOf(Stage("query")));
        foreach (var (within, stages) in new Dictionary<string, string[]>
        {
            ["query"] = ["validate", "cache", "answer"],
            ["cache"] = ["route", "enrich", "prompt", "run-code"],
            ["run-code"] = ["budget"],
            ["budget"] = ["call-model"],
        })
        {
            foreach (var stage in stages)
            {
                Assert.AreSame(Stage(within), ParentOf(Stage(stage)), stage);
            }
        }

        var emulator = spans.Single(span => span.Kind == ActivityKind.Server && span != root);
        var http = ParentOf(emulator)!;
        var chat = ParentOf(http)!;
        Assert.AreEqual("System.Net.Http", http.Source.Name);
        Assert.AreEqual("Capibara6.ModelClients", chat.Source.Name);
        Assert.AreSame(Stage("call-model"), ParentOf(chat));
        Assert.IsTrue(spans.Any(span => span.Source.Name == "Npgsql" && ParentOf(span) is not null), "who asks is looked up in PostgreSQL");
        Assert.IsTrue(
            spans.Any(span => span.Source.Name == "OpenTelemetry.Instrumentation.StackExchangeRedis" && ParentOf(span) is not null),
            "limits are kept in Redis");
    }

    private async Task<IReadOnlyList<Activity>> SpansOfAsync(ActivityTraceId trace)
    {
        await using var database = await MigratedDatabase.CreateAsync(Token);
        var redis = await TestRedis.GetAsync(Token);
        await using var models = await EmulatedPair.StartAsync(Token);
        var recorder = new SpanRecorder();
        await using (var api = new TracedApi(database.ConnectionString, redis, models, recorder))
        {
            using var client = api.CreateClient();
            var login = await client.PostAsJsonAsync("/auth/login", new { username = "admin", password = AdminPassword }, Token);
            Assert.AreEqual(HttpStatusCode.OK, login.StatusCode);
            var token = (await login.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("access_token").GetString();

            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            request.Headers.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
            request.Content = JsonContent.Create(new { query = "What is a capybara?" });
            using var response = await client.SendAsync(request, Token);
            Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, await response.Content.ReadAsStringAsync(Token));
        }

        return [.. recorder.Spans.Where(span => span.TraceId == trace)];
    }

    private sealed class TracedApi(string database, TestRedis redis, ModelEmulatorHost models, SpanRecorder recorder) : WebApplicationFactory<CurrentCaller>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment(Environments.Production);
            builder.UseSetting("ConnectionStrings:capibara6", database);
            builder.UseSetting("ConnectionStrings:redis", redis.ConnectionString);
            builder.UseSetting("ConnectionStrings:models", $"Endpoint={models.Address}v1");
            builder.UseSetting("Redis:KeyPrefix", redis.Prefix);
            builder.UseSetting("RateLimits:KeyPrefix", redis.Prefix);
            builder.UseSetting("Identity:AdminPassword", AdminPassword);
            builder.UseSetting("Identity:PasswordIterations", "100000");
            builder.UseSetting("Shutdown:DrainDelay", "00:00:00");
            builder.ConfigureTestServices(services =>
                services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(recorder)));
        }
    }
}
