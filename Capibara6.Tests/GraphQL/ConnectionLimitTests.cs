using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Capibara6.Tests.GraphQL;

/// <summary>What the real server does with clients that send too much or too slowly: the same as the REST API.</summary>
[TestClass]
public sealed class ConnectionLimitTests
{
    private static readonly string s_credential = $"Authorization: Bearer {KnownCaller.TokenOf("developer")}";
    private static readonly string s_post = $"POST /graphql HTTP/1.1\r\nHost: x\r\n{s_credential}\r\nContent-Type: application/json\r\n";
    private static GraphQLEdgeHost s_host = null!;
    private static Uri s_address = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [ClassInitialize]
    public static void Start(TestContext context)
    {
        s_host = GraphQLEdgeHost.Start();
        using var client = s_host.CreateClient();
        s_address = client.BaseAddress!;
    }

    [ClassCleanup]
    public static async Task StopAsync() => await s_host.DisposeAsync();

    [TestMethod]
    public async Task Body_OfTwoMebibytes_Gives413AndNamesNoServer()
    {
        var answer = await SendAsync($"{s_post}Content-Length: {2 << 20}\r\n\r\n{{\"query\":\"");
        Assert.StartsWith("HTTP/1.1 413", answer);
        Assert.DoesNotContain("Server:", answer);
    }

    [TestMethod]
    [DataRow("GET /graphql HTTP/1.1\r\nHost: x\r\nX: {0}\r\n\r\n", 40_000, "431")]
    [DataRow("GET /graphql?query={0} HTTP/1.1\r\nHost: x\r\n\r\n", 10_000, "414")]
    public async Task Head_ThatIsTooLarge_IsRefused(string request, int length, string status) => Assert.StartsWith(
        $"HTTP/1.1 {status}", await SendAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, request, new string('x', length))));

    [TestMethod]
    [TestCategory("Slow")]
    public async Task Body_ThatTrickles_IsCutOff() =>
        Assert.StartsWith("HTTP/1.1 408", await SendAsync($"{s_post}Content-Length: 1000\r\n\r\n{{"));

    [TestMethod]
    [TestCategory("Slow")]
    public async Task Head_ThatNeverEnds_IsCutOff() => Assert.StartsWith("HTTP/1.1 408", await SendAsync("GET /graphql HTTP/1.1\r\nHost: x\r\n"));

    [TestMethod]
    public void Answer_NobodyReads_HasARate()
    {
        var limits = s_host.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        Assert.IsTrue(limits.MinResponseDataRate is { BytesPerSecond: >= 240 } rate && rate.GracePeriod <= TimeSpan.FromSeconds(10));
    }

    // Sends, then reads until the server closes or has said all of a head.
    private async Task<string> SendAsync(string request)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(s_address.Host, s_address.Port, Cancellation);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Cancellation);
        var buffer = new byte[8192];
        var count = await stream.ReadAsync(buffer, Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(40), TimeProvider.System, Cancellation);
        return Encoding.ASCII.GetString(buffer, 0, count);
    }
}
