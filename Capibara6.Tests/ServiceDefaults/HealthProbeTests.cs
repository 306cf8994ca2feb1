using System.Net;
using Capibara6.ServiceDefaults.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Capibara6.Tests.ServiceDefaults;

[TestClass]
public sealed class HealthProbeTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("HTTP_PORTS", "8123;9000", "http://127.0.0.1:8123/")]
    [DataRow("ASPNETCORE_HTTP_PORTS", "8080", "http://127.0.0.1:8080/")]
    [DataRow("ASPNETCORE_URLS", "https://+:8443;http://+:5000", "http://127.0.0.1:5000/")]
    [DataRow("UNRELATED", "1", "http://127.0.0.1:8080/")]
    public void AddressFrom_Variables_IsWhereTheServiceListens(string name, string value, string expected) =>
        Assert.AreEqual(expected, HealthProbe.AddressFrom(asked => asked == name ? value : null).AbsoluteUri);

    [TestMethod]
    [DataRow(HttpStatusCode.OK, true)]
    [DataRow(HttpStatusCode.ServiceUnavailable, false)]
    public async Task Ask_RunningService_SaysWhatItsHealthSays(HttpStatusCode status, bool expected)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapGet("/health", () => Results.StatusCode((int)status));
        await app.StartAsync(TestContext.CancellationToken);

        var answer = await Task.Run(() => HealthProbe.Ask(new Uri(app.Urls.First())), TestContext.CancellationToken);

        Assert.AreEqual(expected, answer);
    }

    [TestMethod]
    public void Ask_NothingListens_IsUnhealthy()
    {
        using var taken = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        Assert.IsFalse(HealthProbe.Ask(new UriBuilder("http", "127.0.0.1", ((IPEndPoint)taken.LocalEndPoint!).Port).Uri));
    }
}
