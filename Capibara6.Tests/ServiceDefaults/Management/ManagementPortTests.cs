using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;

namespace Capibara6.Tests.ServiceDefaults.Management;

[TestClass]
public sealed class ManagementPortTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Port_OfItsOwn_HasWhatIsForOperatorsAndNothingElse()
    {
        var port = LocalServersFixture.FreePort();
        await using var host = await DefaultsHost.StartAsync(
            Token,
            map: app =>
            {
                app.MapGet("/work", () => "done");
                app.MapGet("/health/detailed", () => "all of it");
            },
            settings: ("Management:Port", port.ToString(CultureInfo.InvariantCulture)));
        using var operators = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        foreach (var (path, here, there) in new[]
        {
            ("/work", HttpStatusCode.OK, HttpStatusCode.NotFound),
            ("/health", HttpStatusCode.OK, HttpStatusCode.OK),
            ("/alive", HttpStatusCode.OK, HttpStatusCode.OK),
            ("/metrics", HttpStatusCode.NotFound, HttpStatusCode.OK),
            ("/Metrics/", HttpStatusCode.NotFound, HttpStatusCode.OK),
            ("/health/detailed", HttpStatusCode.NotFound, HttpStatusCode.OK),
        })
        {
            Assert.AreEqual(here, await StatusAsync(host.Client, path), path);
            Assert.AreEqual(there, await StatusAsync(operators, path), path);
        }
    }

    [TestMethod]
    public async Task Port_OfTheServiceItself_IsRefused()
    {
        var error = await Assert.ThrowsExactlyAsync<InvalidOperationException>(
            () => DefaultsHost.StartAsync(Token, settings: [("urls", "http://127.0.0.1:8123"), ("Management:Port", "8123")]));
        Assert.Contains("8123", error.Message);
    }

    private async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, Token);
        return response.StatusCode;
    }
}
