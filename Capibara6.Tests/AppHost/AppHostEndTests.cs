namespace Capibara6.Tests.AppHost;

/// <summary>However the AppHost ends, nothing of it is left.</summary>
[TestClass]
public sealed class AppHostEndTests
{
    private static readonly TimeSpan s_promise = TimeSpan.FromSeconds(10);

    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [TestCategory("Slow")]
    public async Task Kill_OfTheAppHost_LeavesNothing()
    {
        await using var process = await StartAsync();

        process.Kill();

        await Eventually.TrueAsync(() => process.Children().Count == 0, s_promise, "all children ended", Token);
    }

    [TestMethod]
    [TestCategory("Slow")]
    public async Task Terminate_TheAppHost_EndsWellAndLeavesNothing()
    {
        await using var process = await StartAsync();

        process.Terminate();

        Assert.AreEqual(0, await process.WaitForExitAsync(Token));
        await Eventually.TrueAsync(() => process.Children().Count == 0, s_promise, "all children ended", Token);
    }

    private async Task<AppHostProcess> StartAsync()
    {
        var process = AppHostProcess.Start("--DcpPublisher:RandomizePorts=true");
        await process.ShowsAsync("postgres                 Healthy", Token);
        Assert.IsNotEmpty(process.Children(), process.Errors + process.Output);
        return process;
    }
}
