using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Capibara6.Core.Queries;

namespace Capibara6.Tests.GraphQL;

/// <summary>The rules of graphql-transport-ws that well-behaved clients never show.</summary>
[TestClass]
public sealed class SocketTests
{
    private const string Init = """{"type":"connection_init"}""";
    private const string Watch = """{"id":"w","type":"subscribe","payload":{"query":"subscription { batchProgress(id: \"0197a3c0-0000-7000-8000-000000000002\") { status } }"}}""";

    private static GraphQLEdgeHost s_host = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static void Start(TestContext context)
    {
        s_host = GraphQLEdgeHost.Start(settings: [
            ("GraphQL:Subscriptions:InitTimeout", "00:00:01"), ("GraphQL:Subscriptions:CheckInterval", "00:00:00.100"),
            ("GraphQL:Subscriptions:MaxOperations", "2"), ("GraphQL:Subscriptions:BatchInterval", "00:00:00.100")]);
        using var client = s_host.CreateClient();
    }

    [ClassCleanup]
    public static async Task StopAsync() => await s_host.DisposeAsync();

    [TestMethod]
    [DataRow(new[] { Watch }, 4401, "an operation before the connection is acknowledged")]
    [DataRow(new[] { Init, Init }, 4429, "a second connection_init")]
    [DataRow(new[] { Init, Watch, Watch }, 4409, "an id twice at a time")]
    [DataRow(new[] { "no json" }, 4400, "no JSON")]
    [DataRow(new[] { "[]" }, 4400, "no object")]
    [DataRow(new[] { """{"type":"unknown"}""" }, 4400, "an unknown type")]
    [DataRow(new[] { Init, """{"type":"subscribe","payload":{"query":"{ __typename }"}}""" }, 4400, "no id")]
    [DataRow(new[] { Init, """{"id":"a","type":"subscribe","payload":{}}""" }, 4400, "no document")]
    [DataRow(new[] { Init, """{"id":"a","type":"subscribe","payload":{"query":"{ __typename }","more":1}}""" }, 4400, "an unknown field")]
    [DataRow(new[] { """{"type":"connection_init","payload":{"Authorization":"Bearer nobody"}}""" }, 4403, "a credential that doesn't count")]
    [DataRow(new[] { """{"type":"connection_init","payload":{"Authorization":"Bearer known-readonly"}}""" }, 4403, "an account without graphql_access")]
    [DataRow(new string[0], 4408, "silence")]
    public async Task Messages_AgainstTheProtocol_CloseTheConnectionWithItsCode(string[] messages, int code, string what)
    {
        using var socket = await OpenAsync();
        foreach (var message in messages)
        {
            await SendAsync(socket, message);
        }

        await ReadToEndAsync(socket);

        Assert.AreEqual(code, (int?)socket.CloseStatus, what);
    }

    [TestMethod]
    public async Task Ping_WithAPayload_IsAnsweredWithIt()
    {
        using var socket = await OpenAsync();
        await SendAsync(socket, """{"type":"ping","payload":{"at":7}}""");

        var pong = await ReadAsync(socket);

        Assert.AreEqual("pong", pong!.Value.GetProperty("type").GetString());
        Assert.AreEqual(7, pong.Value.GetProperty("payload").GetProperty("at").GetInt32());
    }

    [TestMethod]
    public async Task Operations_MoreThanAConnectionMayHave_AreRefusedWithACode()
    {
        using var socket = await OpenAsync();
        await SendAsync(socket, Init);
        foreach (var id in new[] { "a", "b", "c" })
        {
            await SendAsync(socket, Watch.Replace("\"w\"", $"\"{id}\"", StringComparison.Ordinal));
        }

        var error = await ReadUntilAsync(socket, "error");

        Assert.AreEqual("c", error.GetProperty("id").GetString());
        Assert.AreEqual("concurrency_limited", error.GetProperty("payload")[0].GetProperty("extensions").GetProperty("code").GetString());
    }

    [TestMethod]
    public async Task Operation_ThatIsCompletedByItsClient_EndsTheWork()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        s_host.Pipeline.Stream = (_, token) => Endless(left, token);
        using var socket = await OpenAsync();
        await SendAsync(socket, Init);
        await SendAsync(socket, """{"id":"s","type":"subscribe","payload":{"query":"subscription { queryStream(input: {query: \"x\"}) { __typename } }"}}""");
        await ReadUntilAsync(socket, "next");

        await SendAsync(socket, """{"id":"s","type":"complete"}""");

        await left.Task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Token);
    }

    [TestMethod]
    public async Task Source_FasterThanItsClient_Waits()
    {
        var made = 0;
        s_host.Pipeline.Stream = (_, token) => Counting(() => Interlocked.Increment(ref made), token);
        using var socket = await OpenAsync();
        await SendAsync(socket, Init);
        await SendAsync(socket, """{"id":"s","type":"subscribe","payload":{"query":"subscription { queryStream(input: {query: \"x\"}) { ... on QueryToken { text } } }"}}""");
        await ReadUntilAsync(socket, "next");

        // Megabytes that nobody reads: the source stops when the connection's buffers and its window are full.
        var (before, still) = (-1, 0);
        await Eventually.TrueAsync(
            () =>
            {
                still = before == Volatile.Read(ref made) ? still + 1 : 0;
                before = Volatile.Read(ref made);
                return Task.FromResult(still >= 10);
            },
            TimeSpan.FromSeconds(20), "the source waits", Token);
        Assert.IsLessThan(2_000, made);
        socket.Abort();
    }

    [TestMethod]
    public async Task Credential_RevokedDuringTheConnection_EndsIt()
    {
        using var socket = await OpenAsync("revocable");
        await SendAsync(socket, Init);
        await ReadUntilAsync(socket, "connection_ack");

        KnownCaller.Revoked.Add("revocable");
        await ReadToEndAsync(socket);

        Assert.AreEqual(4403, (int?)socket.CloseStatus);
    }

    [TestMethod]
    public async Task Subprotocol_OfTheOlderClients_IsRefusedWithAReason()
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("graphql-ws");
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Address, Token));

        Assert.AreEqual(400, (int)socket.HttpStatusCode);
    }

    private static Uri Address => new UriBuilder(s_host.ClientOptions.BaseAddress) { Scheme = "ws", Path = "/graphql" }.Uri;

    private static async IAsyncEnumerable<QueryEvent> Endless(
        TaskCompletionSource left, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new QueryEvent.Routed(Api.Answers.Routing);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
        finally
        {
            left.TrySetResult();
        }
    }

    private static async IAsyncEnumerable<QueryEvent> Counting(
        Action made, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var text = new string('x', 64 * 1024);
        for (var index = 0; index < 10_000; index++)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            made();
            yield return new QueryEvent.Token(text);
        }
    }

    private async Task<ClientWebSocket> OpenAsync(string token = "known-developer")
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("graphql-transport-ws");
        if (token.Length > 0)
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        }

        await socket.ConnectAsync(Address, Token);
        return socket;
    }

    private async Task SendAsync(ClientWebSocket socket, string message)
    {
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, Token);
        }
        catch (WebSocketException)
        {
            // The server may have closed on the message before.
        }
    }

    private async Task<JsonElement> ReadUntilAsync(ClientWebSocket socket, string type)
    {
        while (await ReadAsync(socket) is { } message)
        {
            if (message.GetProperty("type").GetString() == type)
            {
                return message;
            }
        }

        Assert.Fail($"closed with {socket.CloseStatus} before a message '{type}'");
        return default;
    }

    private async Task ReadToEndAsync(ClientWebSocket socket)
    {
        while (await ReadAsync(socket) is not null)
        {
        }
    }

    private async Task<JsonElement?> ReadAsync(ClientWebSocket socket)
    {
        using var text = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            text.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return JsonSerializer.Deserialize<JsonElement>(text.ToArray());
            }
        }
    }
}
