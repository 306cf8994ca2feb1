using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Capibara6.Core;
using Capibara6.Core.Queries;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Capibara6.Tests.Api.Errors;

[TestClass]
public sealed class FailureTests
{
    public TestContext TestContext { get; set; } = null!;

    private static object Question { get; } = new { query = "x" };

    [TestMethod]
    [DataRow(FailureKind.Invalid, HttpStatusCode.BadRequest)]
    [DataRow(FailureKind.Unauthenticated, HttpStatusCode.Unauthorized)]
    [DataRow(FailureKind.Forbidden, HttpStatusCode.Forbidden)]
    [DataRow(FailureKind.NotFound, HttpStatusCode.NotFound)]
    [DataRow(FailureKind.Conflict, HttpStatusCode.Conflict)]
    [DataRow(FailureKind.TooLarge, HttpStatusCode.RequestEntityTooLarge)]
    [DataRow(FailureKind.RateLimited, HttpStatusCode.TooManyRequests)]
    [DataRow(FailureKind.Unavailable, HttpStatusCode.ServiceUnavailable)]
    [DataRow(FailureKind.TimedOut, HttpStatusCode.GatewayTimeout)]
    public async Task Failure_OfAKind_GivesItsStatus(FailureKind kind, HttpStatusCode status)
    {
        await using var host = new EdgeHost();
        var failure = new Failure("some_code", kind, "What is wrong.") { Field = "query", RetryAfter = TimeSpan.FromSeconds(1.2) };
        host.Pipeline.Execute = (_, _) => Task.FromResult<Outcome<QueryResult>>(failure);

        using var response = await PostAsync(host);

        Assert.AreEqual(status, response.StatusCode);
        var problem = await EdgeHost.ReadProblemAsync(response, TestContext.CancellationToken);
        Assert.AreEqual("some_code", problem.GetProperty("code").GetString());
        Assert.AreEqual("What is wrong.", problem.GetProperty("detail").GetString());
        Assert.AreEqual("query", problem.GetProperty("field").GetString());
        Assert.AreEqual(TimeSpan.FromSeconds(2), response.Headers.RetryAfter?.Delta);
    }

    [TestMethod]
    public async Task Exception_Unexpected_Gives500WithoutItsText()
    {
        await using var host = new EdgeHost();
        host.Pipeline.Execute = (_, _) => throw new InvalidOperationException("password=hunter2");

        using var response = await PostAsync(host);

        Assert.AreEqual(HttpStatusCode.InternalServerError, response.StatusCode);
        var problem = await EdgeHost.ReadProblemAsync(response, TestContext.CancellationToken);
        Assert.AreEqual("internal_error", problem.GetProperty("code").GetString());
        Assert.DoesNotContain("hunter2", problem.ToString());
        Assert.ContainsSingle(entry => entry.Level >= LogLevel.Error, host.Log.Entries);
    }

    public static IEnumerable<object[]> Outages =>
    [
        [new NpgsqlException("connecting", new SocketException((int)SocketError.ConnectionRefused))],
        [new NpgsqlException("reading", new EndOfStreamException())],
        [new NpgsqlException("The connection pool has been exhausted", new TimeoutException())],
        [new PostgresException("the database system is starting up", "FATAL", "FATAL", PostgresErrorCodes.CannotConnectNow)],
        [new PostgresException("terminating connection", "FATAL", "FATAL", PostgresErrorCodes.AdminShutdown)],
        [new InvalidOperationException("likely due to a transient failure", new NpgsqlException("x", new SocketException()))],
    ];

    [TestMethod]
    [DynamicData(nameof(Outages))]
    public async Task Exception_OfAnUnreachableDatabase_Gives503(Exception exception)
    {
        await using var host = new EdgeHost();
        host.Pipeline.Execute = (_, _) => throw exception;

        using var response = await PostAsync(host);

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.IsNotNull(response.Headers.RetryAfter);
        var problem = await EdgeHost.ReadProblemAsync(response, TestContext.CancellationToken);
        Assert.AreEqual(FailureCodes.DatabaseUnavailable, problem.GetProperty("code").GetString());
        Assert.DoesNotContain(entry => entry.Level >= LogLevel.Error, host.Log.Entries);
    }

    [TestMethod]
    public async Task Exception_OfAWrongStatement_IsABug()
    {
        await using var host = new EdgeHost();
        host.Pipeline.Execute = (_, _) => throw new PostgresException("syntax error", "ERROR", "ERROR", PostgresErrorCodes.SyntaxError);

        using var response = await PostAsync(host);

        Assert.AreEqual(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [TestMethod]
    public async Task Client_ThatHangsUp_CancelsTheWorkAndIsNoError()
    {
        await using var host = new EdgeHost();
        var begun = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        host.Pipeline.Execute = async (_, cancellationToken) =>
        {
            begun.SetResult();
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

        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        var call = host.CreateClient().PostAsJsonAsync("/api/v1/query", Question, hangUp.Token);
        await begun.Task.WaitAsync(TestContext.CancellationToken);
        await hangUp.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => call);
        await ended.Task.WaitAsync(TestContext.CancellationToken);

        Assert.DoesNotContain(entry => entry.Level >= LogLevel.Warning, host.Log.Entries);
    }

    private Task<HttpResponseMessage> PostAsync(EdgeHost host) =>
        host.CreateClient().PostAsJsonAsync("/api/v1/query", Question, TestContext.CancellationToken);
}
