using Capibara6.Core;
using Capibara6.Core.Sandbox;
using Capibara6.Core.Sandbox.Code;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Capibara6.Tests.Core.Sandbox;

[TestClass]
public sealed class SandboxTests
{
    private static readonly CodeBlock s_code = new("made-up", "x");

    private readonly LogRecorder _log = new();
    private readonly GatedProvider _provider = new();

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Run_MoreThanPlacesAndQueue_IsRefusedAtOnce()
    {
        using var sandbox = Make(options => (options.Concurrency, options.Queue) = (2, 3));
        var first = Enumerable.Range(0, 5).Select(_ => sandbox.RunAsync(s_code, Token)).ToList();

        var failure = CoreReplica.Failure(await sandbox.RunAsync(s_code, Token));

        Assert.AreEqual((FailureCodes.SandboxBusy, FailureKind.RateLimited), (failure.Code, failure.Kind));
        Assert.IsNotNull(failure.RetryAfter);
        Assert.AreEqual(2, _provider.Running);
        _provider.Gate.SetResult();
        foreach (var run in first)
        {
            Assert.IsTrue(CoreReplica.Value(await run).Succeeded);
        }

        Assert.AreEqual(2, _provider.MostRunning);
        Assert.IsTrue(CoreReplica.Value(await sandbox.RunAsync(s_code, Token)).Succeeded);
    }

    [TestMethod]
    public async Task Run_WaitsTooLongOrLeaves_GivesItsPlaceInTheQueueBack()
    {
        using var sandbox = Make(options => (options.Concurrency, options.Queue, options.QueueTimeout) = (1, 1, TimeSpan.FromMilliseconds(50)));
        var running = sandbox.RunAsync(s_code, Token);
        Assert.AreEqual(FailureCodes.SandboxBusy, CoreReplica.Failure(await sandbox.RunAsync(s_code, Token)).Code);
        using var left = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var leaving = sandbox.RunAsync(s_code, left.Token);
        await left.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => leaving);
        _provider.Gate.SetResult();
        Assert.IsTrue(CoreReplica.Value(await running).Succeeded);
        Assert.IsTrue(CoreReplica.Value(await sandbox.RunAsync(s_code, Token)).Succeeded);
    }

    [TestMethod]
    public async Task Run_ProviderOutOfOrder_IsUnavailableAndLogged()
    {
        using var sandbox = Make();
        _provider.Gate.SetException(new SandboxException("its disk is full"));

        Assert.AreEqual(FailureCodes.SandboxUnavailable, CoreReplica.Failure(await sandbox.RunAsync(s_code, Token)).Code);
        Assert.Contains("its disk is full", _log.Text);
    }

    [TestMethod]
    [DataRow("Production", null, false)]
    [DataRow("Production", "none", false)]
    [DataRow("Production", "javascript", true)]
    [DataRow("Development", null, true)]
    [DataRow("Development", "none", false)]
    public async Task Configuration_DecidesWhereCodeRuns(string environment, string? providers, bool runs)
    {
        using var host = Build(environment, new() { ["Sandbox:Providers"] = providers });
        var sandbox = host.Services.GetRequiredService<ISandbox>();
        Assert.AreEqual(runs, (await sandbox.LanguagesAsync(Token)).Contains("javascript"));
        var outcome = await sandbox.RunAsync(new CodeBlock("javascript", "console.log(1)"), Token);
        Assert.AreEqual(runs, outcome is Outcome<CodeRun>.Success { Value.Succeeded: true });
    }

    [TestMethod]
    [DataRow("docker", null, "local")]
    [DataRow("e2b", null, "Sandbox:E2b:ApiKey")]
    [DataRow("javascript", "0", "MemoryMiB")]
    public void Configuration_Wrong_IsToldAtTheStart(string providers, string? memory, string told)
    {
        using var host = Build("Production", new() { ["Sandbox:Providers"] = providers, ["Sandbox:MemoryMiB"] = memory });
        var exception = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IOptions<SandboxOptions>>().Value);
        Assert.Contains(told, exception.Message);
    }

    private static IHost Build(string environment, Dictionary<string, string?> settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment, DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.Where(setting => setting.Value is not null));
        builder.Services.AddSingleton(TimeProvider.System).AddSandbox();
        return builder.Build();
    }

    private Capibara6.Core.Sandbox.Sandbox Make(Action<SandboxOptions>? configure = null)
    {
        var options = new SandboxOptions { Providers = "gated" };
        configure?.Invoke(options);
        var environment = Build("Production", []).Services.GetRequiredService<IHostEnvironment>();
        return new([_provider], Options.Create(options), environment, new LoggerOf<Capibara6.Core.Sandbox.Sandbox>(_log));
    }

    /// <summary>Runs as soon as it is let.</summary>
    private sealed class GatedProvider : ISandboxProvider
    {
        private int _running;

        public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Running => _running;

        public int MostRunning { get; private set; }

        public string Name => "gated";

        public ValueTask<IReadOnlyCollection<string>> LanguagesAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyCollection<string>>([s_code.Language]);

        public async Task<CodeRun> RunAsync(CodeBlock code, CancellationToken cancellationToken)
        {
            MostRunning = Math.Max(MostRunning, Interlocked.Increment(ref _running));
            await Gate.Task.WaitAsync(cancellationToken);
            Interlocked.Decrement(ref _running);
            return new CodeRun(RunEnd.Succeeded, "", null, TimeSpan.Zero);
        }
    }
}
