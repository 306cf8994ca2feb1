using System.Text.RegularExpressions;

namespace Capibara6.Tests.AppHost;

/// <summary>The dashboard in a browser: what a person sees who starts the system.</summary>
[TestClass]
public sealed partial class DashboardTests
{
    private static readonly string s_source = Path.Combine(Repository.Root, "Capibara6.Tests", "AppHost", "Dashboard");

    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    /// <summary>With CAPIBARA6_REFRESH_SCREENSHOTS=1 it takes the pictures of docs/images as well.</summary>
    [TestMethod]
    [TestCategory("Browser")]
    public async Task Dashboard_OfARun_ShowsTheSystemAndRunsItsCommands()
    {
        if (BrowserScripts.Chromium() is not { } chromium)
        {
            Assert.Inconclusive("no chromium on this machine: run Capibara6.Tests/TestSupport/setup-chromium.sh as root");
            return;
        }

        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(s_source))
        {
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        }

        await BrowserScripts.RunAsync(folder.Path, "npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], Token);
        await using var process = AppHostProcess.Start("--Endpoints:capibara6-api:http:Port=0", "--Endpoints:capibara6-graphql:http:Port=0");
        await process.ShowsAsync("Everything is healthy", Token);
        var login = LogIn().Match(process.Output);
        Assert.IsTrue(login.Success, process.Output + process.Errors);

        var output = await BrowserScripts.RunAsync(folder.Path, "node", ["check.mjs", login.Groups[1].Value, chromium, .. BrowserScripts.Pictures()], Token);

        Assert.Contains("all checks passed", output);
    }

    [GeneratedRegex(@"Login to the dashboard at (http\S+/login\?t=\S+)")]
    private static partial Regex LogIn();
}
