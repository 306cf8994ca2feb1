using System.Text;

namespace Capibara6.Tests.Api.ChatCompletions;

/// <summary>The API with an endpoint behind it that does what a test says.</summary>
internal sealed class PassThroughFixture : IAsyncDisposable
{
    private readonly HttpClient _client;

    private PassThroughFixture(ScriptedUpstream upstream, ApiHost host) => (Upstream, Host, _client) = (upstream, host, host.CreateClient());

    public ScriptedUpstream Upstream { get; }

    public ApiHost Host { get; }

    public HttpClient Client => _client;

    public static async Task<PassThroughFixture> StartAsync(CancellationToken cancellationToken, params (string Name, string Value)[] settings)
    {
        var upstream = await ScriptedUpstream.StartAsync(cancellationToken);
        var host = await ApiHost.StartEmptyAsync(cancellationToken);
        host.Settings["ConnectionStrings:models"] = upstream.ConnectionString;
        host.Settings["Models:Resilience:Retries"] = "0";
        host.Settings["Models:Resilience:AttemptTimeout"] = "00:00:20";
        host.Settings["Models:Resilience:BreakerMinimumThroughput"] = "100000";
        foreach (var (name, value) in settings)
        {
            host.Settings[name] = value;
        }

        host.UseKestrel(0);
        host.StartServer();
        await host.MigrateAsync(cancellationToken);
        return new PassThroughFixture(upstream, host);
    }

    public void Reset()
    {
        Upstream.Requests.Clear();
        Upstream.Answer = context => ScriptedUpstream.WriteAsync(context, ScriptedUpstream.WholeAnswer);
    }

    public async Task<HttpResponseMessage> PostAsync(string path, string body, CancellationToken cancellationToken, string? cache = null)
    {
        var response = await SendAsync(path, body, cancellationToken, cache);
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        return response;
    }

    public Task<HttpResponseMessage> SendAsync(string path, string body, CancellationToken cancellationToken, string? cache = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.ExpectContinue = body.Length > 1024 * 1024;
        if (cache is not null)
        {
            request.Headers.Add("x-capibara6-cache", cache);
        }

        return _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public static string Header(HttpResponseMessage response, string name) => string.Join(',', response.Headers.GetValues(name));

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Host.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
