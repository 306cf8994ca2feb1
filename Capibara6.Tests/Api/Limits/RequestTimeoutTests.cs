using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Capibara6.Core.Queries;
using Microsoft.Extensions.Time.Testing;

namespace Capibara6.Tests.Api.Limits;

[TestClass]
public sealed class RequestTimeoutTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Query_OverItsTime_Gives504AndCancelsTheWork()
    {
        await using var host = new EdgeHost { Settings = { ["RequestLimits:RequestTimeout"] = "00:00:00.200" } };
        var ended = new TaskCompletionSource();
        host.Pipeline.Execute = async (_, cancellationToken) =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                throw new InvalidOperationException("never");
            }
            finally
            {
                ended.SetResult();
            }
        };

        using var response = await host.CreateClient().PostAsJsonAsync("/api/v1/query", new { query = "x" }, TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.GatewayTimeout, response.StatusCode);
        var problem = await EdgeHost.ReadProblemAsync(response, TestContext.CancellationToken);
        Assert.AreEqual("processing_timeout", problem.GetProperty("code").GetString());
        await ended.Task.WaitAsync(TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Stream_OverItsTime_EndsInAnErrorEvent()
    {
        await using var host = new EdgeHost { Settings = { ["RequestLimits:StreamTimeout"] = "00:00:00.500" } };
        host.Pipeline.Stream = SendOneAndHangAsync;

        using var response = await host.CreateClient().PostAsJsonAsync("/api/v1/query/stream", new { query = "x" }, TestContext.CancellationToken);
        var events = await response.ReadEventsAsync(TestContext.CancellationToken);

        Assert.AreEqual("error", events[^1].EventType);
        Assert.AreEqual("processing_timeout", JsonElement.Parse(events[^1].Data).GetProperty("code").GetString());
    }

    [TestMethod]
    public async Task Stream_ThatIsSilent_IsKeptAlive()
    {
        var time = new FakeTimeProvider();
        await using var host = new EdgeHost { Time = time };
        host.Pipeline.Stream = SendOneAndHangAsync;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/stream") { Content = JsonContent.Create(new { query = "x" }) };
        using var response = await host.CreateClient().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.CancellationToken));
        Assert.AreEqual("event: token", await reader.ReadLineAsync(TestContext.CancellationToken));
        await reader.ReadLineAsync(TestContext.CancellationToken);
        await reader.ReadLineAsync(TestContext.CancellationToken);

        // The pause may begin a moment after the token has come.
        var line = reader.ReadLineAsync(TestContext.CancellationToken).AsTask();
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(15));
                return line.IsCompleted;
            },
            TimeSpan.FromSeconds(20), "a comment", TestContext.CancellationToken);

        Assert.AreEqual(": keep-alive", await line);
    }

    private static async IAsyncEnumerable<QueryEvent> SendOneAndHangAsync(
        QueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new QueryEvent.Token("a");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
