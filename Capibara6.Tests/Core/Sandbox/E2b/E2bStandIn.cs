using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Capibara6.Tests.Core.Sandbox.E2b;

/// <summary>
/// Stands in for E2B's API (https://e2b.dev/docs/api-reference): sandboxes are made and ended with the account's key, and their code
/// interpreter, at an address of its own, takes code with the sandbox's token and answers a line of JSON for each piece.
/// </summary>
internal sealed class E2bStandIn : IAsyncDisposable
{
    public const string Key = "e2b_stand-in";

    private const string Token = "token-of-the-sandbox";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, JsonElement> _sandboxes = new();
    private int _made;

    private E2bStandIn(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    /// <summary>Sandboxes that have not been ended.</summary>
    public int Alive => _sandboxes.Count;

    public int Made => _made;

    /// <summary>What the last sandbox was ordered with.</summary>
    public JsonElement Order { get; private set; }

    /// <summary>What was sent to the last code interpreter.</summary>
    public JsonElement Code { get; private set; }

    /// <summary>The answer's lines.</summary>
    public IReadOnlyList<string> Lines { get; set; } = [];

    /// <summary>Of the making of a sandbox.</summary>
    public int Status { get; set; } = 201;

    /// <summary>Whether the answer does not end.</summary>
    public bool Hangs { get; set; }

    public static async Task<E2bStandIn> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var standIn = new E2bStandIn(builder.Build());
        standIn.Map();
        await standIn._app.StartAsync(cancellationToken);
        return standIn;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map()
    {
        _app.MapPost("/sandboxes", async (HttpContext context) =>
        {
            if (context.Request.Headers["X-API-Key"] != Key)
            {
                return Results.Json(new { code = 401, message = "Invalid API key" }, statusCode: 401);
            }

            Order = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted);
            var id = $"sandbox{Interlocked.Increment(ref _made)}";
            return Status == 201 && _sandboxes.TryAdd(id, Order)
                ? Results.Json(new { sandboxID = id, templateID = "x", clientID = "c", envdVersion = "0.2.0", envdAccessToken = Token, domain = "stand-in" }, statusCode: 201)
                : Results.Json(new { code = Status, message = "no" }, statusCode: Status);
        });
        _app.MapDelete("/sandboxes/{id}", (string id, HttpContext context) =>
            context.Request.Headers["X-API-Key"] == Key && _sandboxes.TryRemove(id, out _) ? Results.NoContent() : Results.NotFound());
        _app.MapPost("/interpreter/{id}/{domain}/execute", async (string id, string domain, HttpContext context) =>
        {
            if (!_sandboxes.ContainsKey(id) || domain != "stand-in" || context.Request.Headers["X-Access-Token"] != Token)
            {
                context.Response.StatusCode = 401;
                return;
            }

            Code = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted);
            context.Response.ContentType = "application/x-ndjson";
            foreach (var line in Lines)
            {
                await context.Response.WriteAsync(line + "\n", context.RequestAborted);
            }

            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (Hangs)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
    }
}
