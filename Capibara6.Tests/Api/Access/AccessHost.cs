using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.Api.Access;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Capibara6.Tests.Api.Access;

/// <summary>A replica of the API with its real front door: accounts, tokens, keys, limits on a real database and Redis.</summary>
internal sealed class AccessHost : WebApplicationFactory<CurrentCaller>
{
    public const string AdminPassword = "correct horse battery staple";

    /// <summary>Sets the address that a request of a test comes from.</summary>
    public const string RemoteAddressHeader = "Test-Remote-Address";

    public required string Database { get; init; }

    public string? Redis { get; init; }

    public string HostEnvironment { get; init; } = Environments.Production;

    public Dictionary<string, string?> Settings { get; init; } = [];

    /// <summary>Moved by hand when a test gives one.</summary>
    public TimeProvider? Time { get; init; }

    public LogLevel MinimumLevel { get; init; } = LogLevel.Trace;

    public LogRecorder Log { get; } = new();

    /// <summary>A client whose requests carry this credential, or none.</summary>
    public HttpClient ClientWith(string? bearer)
    {
        var client = CreateClient();
        if (bearer is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        return client;
    }

    public async Task<JsonElement> LogInAsync(string name, string password, CancellationToken cancellationToken)
    {
        using var client = CreateClient();
        var response = await client.PostAsJsonAsync("/auth/login", new { username = name, password }, cancellationToken);
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    public async Task<HttpClient> AdminAsync(CancellationToken cancellationToken) =>
        ClientWith((await LogInAsync("admin", AdminPassword, cancellationToken)).GetProperty("access_token").GetString());

    /// <summary>Makes a user, logs in, and gives the user's id and tokens.</summary>
    public async Task<(string Id, string AccessToken, string RefreshToken)> NewUserAsync(
        HttpClient admin, string name, string role, CancellationToken cancellationToken, object? more = null)
    {
        var created = await admin.PostAsJsonAsync("/auth/users", new { username = name, password = PasswordOf(name), roles = new[] { role } }, cancellationToken);
        Assert.AreEqual(HttpStatusCode.Created, created.StatusCode, await created.Content.ReadAsStringAsync(cancellationToken));
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("id").GetString()!;
        if (more is not null)
        {
            var changed = await admin.PatchAsJsonAsync($"/auth/users/{id}", more, cancellationToken);
            Assert.AreEqual(HttpStatusCode.OK, changed.StatusCode, await changed.Content.ReadAsStringAsync(cancellationToken));
        }

        var tokens = await LogInAsync(name, PasswordOf(name), cancellationToken);
        return (id, tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!);
    }

    public static string PasswordOf(string name) => $"9Zq!-{new string([.. name.Reverse()])}-tangerine";

    public static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path, CancellationToken cancellationToken)
    {
        using var response = await client.GetAsync(path, cancellationToken);
        return response.StatusCode;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(HostEnvironment);
        builder.UseSetting("ConnectionStrings:capibara6", Database);
        builder.UseSetting("ConnectionStrings:redis", Redis ?? "127.0.0.1:9,abortConnect=false,connectTimeout=200");
        builder.UseSetting("ConnectionStrings:models", "Endpoint=http://127.0.0.1:9/v1");
        builder.UseSetting("Shutdown:DrainDelay", "00:00:00");
        builder.UseSetting("Identity:AdminPassword", AdminPassword);
        builder.UseSetting("Identity:PasswordIterations", "100000");
        builder.UseSetting("RateLimits:Policies:ip:Permits", "100000");
        builder.UseSetting("RateLimits:Policies:auth:Permits", "100000");
        builder.UseSetting("RateLimits:Policies:account:Permits", "100000");
        foreach (var (name, value) in Settings)
        {
            builder.UseSetting(name, value);
        }

        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Log).SetMinimumLevel(MinimumLevel));
        builder.ConfigureTestServices(services =>
        {
            if (Time is not null)
            {
                services.AddSingleton(Time);
            }

            services.AddSingleton<IStartupFilter, RemoteAddress>();
            services.AddSingleton<IQueryPipeline>(new ScriptedPipeline());
            services.AddSingleton<IModelCatalog, ScriptedCatalog>();
        });
    }

    /// <summary>The test server has no sockets: connections get the address that the test names.</summary>
    private sealed class RemoteAddress : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, following) =>
            {
                context.Connection.RemoteIpAddress = IPAddress.Parse(context.Request.Headers[RemoteAddressHeader].FirstOrDefault() ?? "198.51.100.1");
                return following(context);
            });
            next(app);
        };
    }
}
