using System.Diagnostics.Metrics;
using System.Net;
using Capibara6.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Capibara6.Tests.ServiceDefaults;

[TestClass]
public sealed class MetricsEndpointTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Metrics_FromLoopback_HoldsOwnMetersByWildcard()
    {
        using var meter = new Meter("Capibara6.Probe");
        await using var host = await DefaultsHost.StartAsync(Token);
        meter.CreateCounter<long>("probe_runs").Add(3);

        var text = await host.Client.GetStringAsync("/metrics", Token);

        Assert.Contains("probe_runs_total", text);
    }

    /// <summary>An alert on a quantile above the last bound would never fire, and a model's answer may take minutes.</summary>
    [TestMethod]
    public async Task Metrics_DurationsOfRequests_AreToldApartUpToTenMinutes()
    {
        await using var host = await DefaultsHost.StartAsync(Token, map: app => app.MapGet("/work", () => "done"));
        await host.Client.GetStringAsync("/work", Token);

        var text = await host.Client.GetStringAsync("/metrics", Token);

        Assert.MatchesRegex("http_server_request_duration_seconds_bucket\\{[^}]*le=\"600\"", text);
    }

    [TestMethod]
    public async Task Metrics_ThroughAProxyForAStranger_Is404()
    {
        await using var host = await DefaultsHost.StartAsync(Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Add("X-Forwarded-For", "10.0.0.1, 203.0.113.7");

        using var response = await host.Client.SendAsync(request, Token);

        Assert.AreEqual(HttpStatusCode.NotFound, response.StatusCode);
    }

    [TestMethod]
    [DataRow("127.0.0.1", null, true)]
    [DataRow("::1", null, true)]
    [DataRow("::ffff:10.1.2.3", null, true)]
    [DataRow("100.64.0.9", null, true)]
    [DataRow("203.0.113.7", null, false)]
    [DataRow("2001:db8::1", null, false)]
    [DataRow("10.0.0.5", "192.168.1.9", true)]
    [DataRow("10.0.0.5", "203.0.113.7", false)]
    [DataRow("10.0.0.5", "127.0.0.1, 203.0.113.7:4711", false)]
    [DataRow("10.0.0.5", "nonsense", false)]
    public void Access_OfAnAddress_FollowsTheNetworks(string peer, string? forwardedFor, bool allowed)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        if (forwardedFor is not null)
        {
            context.Request.Headers["X-Forwarded-For"] = forwardedFor;
        }

        Assert.AreEqual(allowed, new MetricsAccess(Options.Create(new MetricsEndpointOptions())).Allows(context));
    }

    [TestMethod]
    public async Task Start_NetworkThatIsNone_NamesIt()
    {
        var error = await Assert.ThrowsExactlyAsync<OptionsValidationException>(
            () => DefaultsHost.StartAsync(Token, settings: ("MetricsEndpoint:AllowedNetworks:0", "10.0.0.0/99")));
        Assert.Contains("10.0.0.0/99", error.Message);
    }
}
