using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Connections.Features;

namespace Capibara6.Tests;

/// <summary>A model's endpoint that answers what a test says, to the byte, and remembers what it was asked.</summary>
internal sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedUpstream(WebApplication app) => _app = app;

    public string ConnectionString => $"Endpoint={_app.Urls.Single()}/v1;Key=upstream-key";

    public string Address => $"{_app.Urls.Single()}/v1";

    /// <summary>What was asked, in order.</summary>
    public ConcurrentQueue<(string Path, byte[] Body, string Key)> Requests { get; } = new();

    public Func<HttpContext, Task> Answer { get; set; } = context => WriteAsync(context, WholeAnswer);

    public const string WholeAnswer =
        """{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"up","choices":[{"index":0,"message":{"role":"assistant","content":"Olá"},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":3,"total_tokens":14}}""";

    public static async Task<ScriptedUpstream> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        var app = builder.Build();
        var upstream = new ScriptedUpstream(app);
        app.Run(upstream.HandleAsync);
        await app.StartAsync(cancellationToken);
        return upstream;
    }

    public static Task WriteAsync(HttpContext context, string json) => WriteAsync(context, StatusCodes.Status200OK, json);

    public static async Task WriteAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(json, context.RequestAborted);
    }

    public static void BeginStream(HttpContext context) => context.Response.ContentType = "text/event-stream";

    /// <summary>Ends the connection after what has been written, without the end of the body.</summary>
    public static async Task CutAsync(HttpContext context)
    {
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await context.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport.Output.CompleteAsync();
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (context.Request.Path.Value is "/v1/models")
        {
            await WriteAsync(context, """{"object":"list","data":[{"id":"capibara6-20b"},{"id":"capibara6-120b"}]}""");
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Requests.Enqueue((context.Request.Path.Value!, body.ToArray(), context.Request.Headers.Authorization.ToString()));
        await Answer(context);
    }
}
