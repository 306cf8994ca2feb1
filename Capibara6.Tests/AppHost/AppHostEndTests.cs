namespace Capibara6.Tests.AppHost;

/// <summary>However the AppHost ends, nothing of it is left.</summary>
[TestClass]
public sealed class AppHostEndTests
{
    /// <summary>Ten seconds on a machine that does nothing else; this one runs other tests.</summary>
    private static readonly TimeSpan s_promise = TimeSpan.FromSeconds(40);

    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [TestCategory("Slow")]
    public async Task Kill_OfTheAppHost_LeavesNothing()
    {
        await using var process = await StartAsync();

        process.Kill();

        await Eventually.TrueAsync(() => process.Children().Count == 0, s_promise, "all children ended", Token);
        await Eventually.TrueAsync(() => process.TemporaryFiles.Count == 0, s_promise, string.Join(' ', process.TemporaryFiles), Token);
    }

    [TestMethod]
    [TestCategory("Slow")]
    public async Task Terminate_TheAppHost_EndsWellAndLeavesNothing()
    {
        await using var process = await StartAsync();

        process.Terminate();

        Assert.AreEqual(0, await process.WaitForExitAsync(Token));
        await Eventually.TrueAsync(() => process.Children().Count == 0, s_promise, "all children ended", Token);
        await Eventually.TrueAsync(() => process.TemporaryFiles.Count == 0, s_promise, string.Join(' ', process.TemporaryFiles), Token);
    }

    private async Task<AppHostProcess> StartAsync()
    {
        var process = AppHostProcess.Start("--DcpPublisher:RandomizePorts=true");
        await process.ShowsAsync("Everything is healthy", Token);
        Assert.IsNotEmpty(process.Children(), process.Errors + process.Output);
        return process;
    }
}
