using Capibara6.Core.Sandbox;
using Capibara6.Core.Sandbox.Code;
using Capibara6.Core.Sandbox.E2b;
using Microsoft.Extensions.Options;

namespace Capibara6.Tests.Core.Sandbox.E2b;

[TestClass]
public sealed class E2bSandboxTests
{
    private static readonly CodeBlock s_code = new("python", "print('a')\n1 + 1");

    private E2bStandIn _cloud = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestInitialize]
    public async Task StartAsync() => _cloud = await E2bStandIn.StartAsync(Token);

    [TestCleanup]
    public async Task StopAsync() => await _cloud.DisposeAsync();

    [TestMethod]
    public async Task Run_Works_GivesItsOutputAndEndsTheSandbox()
    {
        _cloud.Lines =
        [
            """{"type":"number_of_executions","execution_count":1}""",
            """{"type":"stdout","text":"a\n","timestamp":"2026-11-24T00:00:00Z"}""",
            """{"type":"result","text":"2","is_main_result":true,"png":"aGVsbG8="}""",
            """{"type":"of the future"}""",
        ];
        using var sandbox = Make();

        var run = await sandbox.RunAsync(s_code, Token);

        Assert.AreEqual((RunEnd.Succeeded, "a\n2\n", null), (run.End, run.Output, run.Error));
        Assert.AreEqual((1, 0), (_cloud.Made, _cloud.Alive));
        Assert.AreEqual(s_code.Text, _cloud.Code.GetProperty("code").GetString());
        Assert.AreEqual("python", _cloud.Code.GetProperty("language").GetString());
        Assert.AreEqual("code-interpreter-v1", _cloud.Order.GetProperty("templateID").GetString());
        Assert.IsFalse(_cloud.Order.GetProperty("allow_internet_access").GetBoolean());
        Assert.IsTrue(_cloud.Order.GetProperty("secure").GetBoolean());
        Assert.IsInRange(30, 60, _cloud.Order.GetProperty("timeout").GetInt32());
    }

    [TestMethod]
    public async Task Run_Fails_GivesTheTraceback()
    {
        _cloud.Lines =
        [
            """{"type":"stdout","text":"before\n"}""",
            """{"type":"error","name":"ZeroDivisionError","value":"division by zero","traceback":"Traceback: ZeroDivisionError"}""",
        ];
        using var sandbox = Make();

        var run = await sandbox.RunAsync(s_code, Token);

        Assert.AreEqual((RunEnd.Failed, "before\n", "Traceback: ZeroDivisionError"), (run.End, run.Output, run.Error));
        Assert.AreEqual(0, _cloud.Alive);
    }

    [TestMethod]
    public async Task Run_DoesNotEnd_IsStoppedWithWhatItPrinted()
    {
        (_cloud.Lines, _cloud.Hangs) = (["""{"type":"stdout","text":"so far\n"}"""], true);
        using var sandbox = Make(options => options.WallTime = TimeSpan.FromSeconds(1));

        var run = await sandbox.RunAsync(s_code, Token);

        Assert.AreEqual((RunEnd.TimedOut, "so far\n"), (run.End, run.Output));
        Assert.AreEqual(0, _cloud.Alive);
    }

    [TestMethod]
    public async Task Run_EndlessOutput_IsStopped()
    {
        _cloud.Lines = [.. Enumerable.Repeat($$"""{"type":"stdout","text":"{{new string('x', 1000)}}"}""", 100)];
        using var sandbox = Make();
        Assert.AreEqual(RunEnd.TooMuchOutput, (await sandbox.RunAsync(s_code, Token)).End);

        _cloud.Lines = [new string('x', 9 << 20)];
        await Assert.ThrowsAsync<SandboxException>(() => sandbox.RunAsync(s_code, Token));
        Assert.AreEqual(0, _cloud.Alive);
    }

    [TestMethod]
    [DataRow(401, "ApiKey")]
    [DataRow(429, "429")]
    [DataRow(500, "500")]
    public async Task Run_CloudRefuses_SaysSoWithoutTheKey(int status, string told)
    {
        _cloud.Status = status;
        using var sandbox = Make();

        var exception = await Assert.ThrowsAsync<SandboxException>(() => sandbox.RunAsync(s_code, Token));

        Assert.Contains(told, exception.Message);
        Assert.DoesNotContain(E2bStandIn.Key, exception.ToString());
    }

    [TestMethod]
    public async Task Run_CloudAwayOrGarbage_IsOutOfOrder()
    {
        _cloud.Lines = ["no JSON"];
        using var sandbox = Make();
        await Assert.ThrowsAsync<SandboxException>(() => sandbox.RunAsync(s_code, Token));
        Assert.AreEqual(0, _cloud.Alive);

        using var away = Make(options => options.E2b.ApiUrl = "http://127.0.0.1:9");
        await Assert.ThrowsAsync<SandboxException>(() => away.RunAsync(s_code, Token));
    }

    private E2bSandbox Make(Action<SandboxOptions>? configure = null)
    {
        var options = new SandboxOptions
        {
            WallTime = TimeSpan.FromSeconds(20),
            E2b = new E2bOptions { ApiKey = E2bStandIn.Key, ApiUrl = _cloud.Address, SandboxUrl = $"{_cloud.Address}/interpreter/{{sandbox}}/{{domain}}" },
        };
        configure?.Invoke(options);
        return new E2bSandbox(Options.Create(options), TimeProvider.System);
    }
}
