using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Capibara6.Tests.Api.ChatCompletions;

/// <summary>A stream that ends before its time costs what was delivered of it.</summary>
[TestClass]
public sealed class CutStreamTests
{
    private const string Ask = """{"model":"capibara6-20b","stream":true,"messages":[{"role":"user","content":"Hi"}]}""";

    // What no count of the model's says is four bytes a token.
    private const int DeliveredBytes = 400;
    private const int DeliveredTokens = 100;

    private static PassThroughFixture s_fixture = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => s_fixture = await PassThroughFixture.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await s_fixture.DisposeAsync();

    [TestMethod]
    public async Task ModelBreaksOff_WhatCameIsCharged()
    {
        s_fixture.Upstream.Answer = async context =>
        {
            await DeliverAsync(context);
            await ScriptedUpstream.CutAsync(context);
        };

        using var response = await s_fixture.PostAsync("/v1/chat/completions", Ask, Token);

        await AssertChargedAsync(response, "model_unavailable");
    }

    [TestMethod]
    public async Task CallerLeaves_WhatCameIsCharged()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        s_fixture.Upstream.Answer = async context =>
        {
            await using var registration = context.RequestAborted.Register(left.SetResult);
            await DeliverAsync(context);
            await left.Task;
        };

        using var response = await s_fixture.SendAsync("/v1/chat/completions", Ask, Token);
        await using (var stream = await response.Content.ReadAsStreamAsync(Token))
        {
            await stream.ReadExactlyAsync(new byte[DeliveredBytes], Token);
        }

        response.Dispose();
        await AssertChargedAsync(response, "cancelled");
    }

    private static async Task DeliverAsync(HttpContext context)
    {
        ScriptedUpstream.BeginStream(context);
        for (var piece = 0; piece < 4; piece++)
        {
            var frame = $$$"""data: {"choices":[{"delta":{"content":"{{{new string('x', DeliveredBytes / 4)}}}"}}]}{{{"\n\n"}}}""";
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(frame), context.RequestAborted);
        }

        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private async Task AssertChargedAsync(HttpResponseMessage response, string outcome)
    {
        var id = Guid.Parse(PassThroughFixture.Header(response, "x-capibara6-id"));
        var (tokens, cost, ended) = await ReadUsageAsync(id);
        Assert.AreEqual(outcome, ended);
        Assert.AreEqual(DeliveredTokens, tokens);
        Assert.IsGreaterThan(0, cost);
    }

    // The record is written down some milliseconds after the answer.
    private async Task<(int Tokens, decimal Cost, string Outcome)> ReadUsageAsync(Guid id)
    {
        var dataSource = s_fixture.Host.Services.GetRequiredKeyedService<NpgsqlDataSource>("capibara6");
        while (true)
        {
            await using var command = dataSource.CreateCommand("SELECT completion_tokens, cost_usd, outcome FROM usage_records WHERE id = $1");
            command.Parameters.AddWithValue(id);
            await using var reader = await command.ExecuteReaderAsync(Token);
            if (await reader.ReadAsync(Token))
            {
                return (reader.GetInt32(0), reader.GetDecimal(1), reader.GetString(2));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }
}
