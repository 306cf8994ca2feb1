using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;

namespace Capibara6.Tests.ServiceDefaults;

[TestClass]
public sealed class HttpResilienceTests
{
    private static readonly Uri s_address = new("http://upstream.test/");

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("GET", 3, HttpStatusCode.OK)]
    [DataRow("POST", 1, HttpStatusCode.ServiceUnavailable)]
    public async Task StandardClient_UpstreamFailsTwice_RepeatsOnlyWhatIsSafe(string method, int attempts, HttpStatusCode expected)
    {
        using var upstream = new ScriptedUpstream(failures: 2, () => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        using var host = BuildHost(upstream, model: false);

        using var response = await SendAsync(host, method);

        Assert.AreEqual(expected, response.StatusCode);
        Assert.AreEqual(attempts, upstream.Attempts);
    }

    [TestMethod]
    public async Task ModelClient_UpstreamFails_IsNotRepeated()
    {
        using var upstream = new ScriptedUpstream(failures: 2, () => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        using var host = BuildHost(upstream, model: true);

        using var response = await SendAsync(host, "GET");

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.AreEqual(1, upstream.Attempts);
    }

    [TestMethod]
    public async Task ModelClient_NoConnection_IsRepeated()
    {
        using var upstream = new ScriptedUpstream(failures: 1, () => throw new HttpRequestException(HttpRequestError.ConnectionError));
        using var host = BuildHost(upstream, model: true);

        using var response = await SendAsync(host, "POST");

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        Assert.AreEqual(2, upstream.Attempts);
    }

    private static IHost BuildHost(ScriptedUpstream upstream, bool model)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddHttpClientDefaults();
        builder.Services.ConfigureAll<HttpStandardResilienceOptions>(options => options.Retry.Delay = TimeSpan.FromMilliseconds(1));
        var client = builder.Services.AddHttpClient("upstream").ConfigurePrimaryHttpMessageHandler(() => upstream);
        if (model)
        {
            client.AddModelResilienceHandler();
        }

        return builder.Build();
    }

    private async Task<HttpResponseMessage> SendAsync(IHost host, string method) =>
        await host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("upstream")
            .SendAsync(new HttpRequestMessage(new HttpMethod(method), s_address), Token);

    private sealed class ScriptedUpstream(int failures, Func<HttpResponseMessage> fail) : HttpMessageHandler
    {
        public int Attempts { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(++Attempts <= failures ? fail() : new HttpResponseMessage(HttpStatusCode.OK));
    }
}
