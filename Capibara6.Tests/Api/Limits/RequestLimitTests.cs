using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Capibara6.Tests.Api.Limits;

/// <summary>What the real server does with clients that send too much, too slowly or nonsense.</summary>
[TestClass]
public sealed class RequestLimitTests
{
    private static readonly string s_credential = $"Authorization: Bearer {KnownCaller.TokenOf("developer")}";
    private static EdgeHost s_host = null!;
    private static HttpClient s_client = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static void Start(TestContext context)
    {
        s_host = new EdgeHost();
        s_host.UseKestrel(0);
        s_host.StartServer();
        s_client = s_host.CreateClient();
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        s_client.Dispose();
        await s_host.DisposeAsync();
    }

    [TestMethod]
    public async Task Response_Headers_DoNotNameTheServer()
    {
        using var response = await s_client.GetAsync("/api/v1/models", TestContext.CancellationToken);
        Assert.IsEmpty(response.Headers.Server);
    }

    [TestMethod]
    public async Task Body_OfAlmostTheLimit_IsRead()
    {
        var context = string.Join(',', Enumerable.Range(0, 100).Select(index => $"\"k{index}\":\"{new string('x', 10_000)}\""));
        using var content = new StringContent($"{{\"query\":\"x\",\"context\":{{{context}}}}}", Encoding.UTF8, "application/json");

        using var response = await s_client.PostAsync("/api/v1/query", content, TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
    }

    [TestMethod]
    [DataRow(false, DisplayName = "with a length")]
    [DataRow(true, DisplayName = "in chunks")]
    public async Task Body_OfTwoMebibytes_Gives413(bool chunked)
    {
        var body = $"{{\"query\":\"{new string('x', 2 << 20)}\"}}";
        var framing = chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {body.Length}";
        var text = chunked ? $"{body.Length:x}\r\n{body}\r\n0\r\n\r\n" : body;

        var answer = await SendRawAsync($"POST /api/v1/query HTTP/1.1\r\nHost: x\r\n{s_credential}\r\nContent-Type: application/json\r\n{framing}\r\n\r\n{text}");

        Assert.StartsWith("HTTP/1.1 413", answer);
        Assert.Contains("request_too_large", answer);
    }

    [TestMethod]
    [DataRow("GET /api/v1/models HTTP/1.1\r\nHost: x\r\nX: {0}\r\n\r\n", 40_000, "431")]
    [DataRow("GET /api/v1/models?{0} HTTP/1.1\r\nHost: x\r\n\r\n", 10_000, "414")]
    [DataRow("nonsense\r\n\r\n{0}", 0, "400")]
    public async Task Head_ThatIsTooLargeOrNoHttp_IsRefused(string request, int length, string status)
    {
        var answer = await SendRawAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, request, new string('x', length)));
        Assert.StartsWith($"HTTP/1.1 {status}", answer);
    }

    [TestMethod]
    [TestCategory("Slow")]
    public async Task Body_ThatTrickles_IsCutOff()
    {
        using var socket = await ConnectAsync();
        await using var stream = new NetworkStream(socket);
        var head = $"POST /api/v1/query HTTP/1.1\r\nHost: x\r\n{s_credential}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.CancellationToken);

        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(TestContext.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.CancellationToken);

        Assert.StartsWith("HTTP/1.1 408", answer);
        Assert.Contains("request_timeout", answer);
    }

    private static async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(s_client.BaseAddress!.Host, s_client.BaseAddress.Port);
        return socket;
    }

    private async Task<string> SendRawAsync(string request)
    {
        using var socket = await ConnectAsync();
        await using var stream = new NetworkStream(socket);

        // The server answers before it has read everything, and then closes: both ends at once.
        var sending = SendAllAsync(stream, Encoding.UTF8.GetBytes(request));
        var answer = new StringBuilder();
        var buffer = new byte[8192];
        try
        {
            int count;
            while (!answer.ToString().Contains('}', StringComparison.Ordinal) && (count = await stream.ReadAsync(buffer, TestContext.CancellationToken)) > 0)
            {
                answer.Append(Encoding.UTF8.GetString(buffer, 0, count));
                if (answer.ToString().Contains("Content-Length: 0", StringComparison.Ordinal))
                {
                    break;
                }
            }
        }
        catch (IOException)
        {
            // A reset after the answer.
        }

        socket.Close();
        await sending;
        return answer.ToString();
    }

    private async Task SendAllAsync(NetworkStream stream, byte[] bytes)
    {
        try
        {
            await stream.WriteAsync(bytes, TestContext.CancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Refused before the end.
        }
    }
}
