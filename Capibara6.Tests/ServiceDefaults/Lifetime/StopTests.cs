using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.Tests.Core;

namespace Capibara6.Tests.ServiceDefaults.Lifetime;

/// <summary>SIGTERM to the real processes: while they start, and under load.</summary>
[TestClass]
[TestCategory("Slow")]
public sealed class StopTests
{
    private const string Password = "correct horse battery staple";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>In milliseconds after the process began.</summary>
    private static readonly int[] s_moments = [150, 350, 550, 800];

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("Capibara6.Api")]
    [DataRow("Capibara6.GraphQL")]
    [DataRow("Capibara6.Worker")]
    public async Task Sigterm_WhileItStarts_EndsCleanly(string project)
    {
        await using var database = await TestDatabases.CreateAsync(Token);
        foreach (var moment in s_moments)
        {
            await using var service = ServiceProcess.Start(project, Settings(database.ConnectionString, "http://127.0.0.1:9/", "Production", 0, "00:00:00"));
            await Task.Delay(TimeSpan.FromMilliseconds(moment), TimeProvider.System, Token);

            await service.TerminateAsync(Token);
            var exitCode = await service.WaitForExitAsync(Token).WaitAsync(s_limit, Token);

            // 143: before it listened to signals at all.
            Assert.IsTrue(exitCode is 0 or 143, $"{project} after {moment} ms: {exitCode}\n{service.Output}");
            Assert.DoesNotContain("Unhandled exception", service.Output);
        }
    }

    [TestMethod]
    [DataRow("Development", "admin123", null)]
    [DataRow("Production", Password, "00:00:01")]
    public async Task Sigterm_UnderTwoHundredConnections_LosesNone(string environment, string password, string? drainDelay)
    {
        await using var database = await TestDatabases.CreateAsync(Token);
        await using var models = await EmulatedPair.StartAsync(Token, options => options.TokensPerSecond = 40);
        var port = LocalServersFixture.FreePort();
        await using var api = ServiceProcess.Start("Capibara6.Api", Settings(database.ConnectionString, $"{models.Address}", environment, port, drainDelay));
        await using var worker = ServiceProcess.Start("Capibara6.Worker", Settings(database.ConnectionString, $"{models.Address}", environment, 0, "00:00:00"));
        using var handler = new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5) };
        using var client = new HttpClient(handler) { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = s_limit };
        await Eventually.TrueAsync(() => LogInAsync(client, password), s_limit, () => api.Output + worker.Output, Token);

        var (lost, answered, streamed) = (new ConcurrentQueue<string>(), 0, 0);
        var busy = new CountdownEvent(200);
        Task[] clients =
        [
            .. Enumerable.Range(0, 160).Select(_ => Task.Run(() => AskAsync(client, lost, busy, () => Interlocked.Increment(ref answered)), Token)),
            .. Enumerable.Range(0, 40).Select(i => Task.Run(() => StreamAsync(client, i, lost, busy, () => Interlocked.Increment(ref streamed)), Token)),
        ];
        await Task.Run(() => busy.Wait(Token), Token).WaitAsync(s_limit, Token);

        await api.TerminateAsync(Token);
        await Task.WhenAll(clients).WaitAsync(s_limit, Token);

        Assert.IsEmpty(lost, $"{lost.Count} of {answered}:\n{string.Join('\n', lost.Take(5))}\n{api.Output}");
        Assert.AreEqual(0, await api.WaitForExitAsync(Token).WaitAsync(s_limit, Token), api.Output);
        Assert.AreEqual(40, streamed);
        Assert.DoesNotContain("\u001b", api.Output + worker.Output, "a log that is no terminal has no colours");
        Assert.IsGreaterThan(200, answered);
    }

    /// <summary>Asks again and again over a connection that it keeps, until nobody takes a connection any more.</summary>
    private async Task AskAsync(HttpClient client, ConcurrentQueue<string> lost, CountdownEvent busy, Action count)
    {
        for (var first = true; ; first = false)
        {
            try
            {
                using var response = await client.GetAsync("/api/v1/models", Token);
                response.EnsureSuccessStatusCode();
                count();
            }
            catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConnectionError)
            {
                // Refused before anything was sent: a balancer goes to another replica.
                return;
            }
            catch (HttpRequestException exception)
            {
                lost.Enqueue(exception.ToString());
                return;
            }

            if (first)
            {
                busy.Signal();
            }
        }
    }

    /// <summary>Begins a stream before the end, and reads it to its own end.</summary>
    private async Task StreamAsync(HttpClient client, int number, ConcurrentQueue<string> lost, CountdownEvent busy, Action count)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/stream");
            request.Content = JsonContent.Create(new { query = string.Create(CultureInfo.InvariantCulture, $"What is {number}?"), use_cache = false });
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
            response.EnsureSuccessStatusCode();
            busy.Signal();
            var text = await response.Content.ReadAsStringAsync(Token);
            if (text.Contains("event: done", StringComparison.Ordinal))
            {
                count();
            }
            else
            {
                lost.Enqueue(text);
            }
        }
        catch (HttpRequestException exception)
        {
            lost.Enqueue(exception.ToString());
        }
    }

    /// <summary>Whether the service is up, its schema there and its first administrator in: the last of which only a log-in can tell.</summary>
    private async Task<bool> LogInAsync(HttpClient client, string password)
    {
        try
        {
            using var response = await client.PostAsJsonAsync("/auth/login", new { username = "admin", password = password }, Token);
            if (response.IsSuccessStatusCode)
            {
                var token = (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("access_token").GetString();
                client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static Dictionary<string, string> Settings(string database, string models, string environment, int port, string? drainDelay)
    {
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:capibara6"] = database,
            ["ConnectionStrings:metrics"] = database,
            ["ConnectionStrings:redis"] = "127.0.0.1:9,abortConnect=false,connectTimeout=200",
            ["ConnectionStrings:models"] = $"Endpoint={models}v1;Key=unused",
            ["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
            ["ASPNETCORE_ENVIRONMENT"] = environment,
            ["Identity:AdminPassword"] = Password,
            ["Identity:PasswordIterations"] = "100000",
            ["RateLimits:Enabled"] = "false",
        };
        if (drainDelay is not null)
        {
            settings["Shutdown:DrainDelay"] = drainDelay;
        }

        return settings;
    }
}
