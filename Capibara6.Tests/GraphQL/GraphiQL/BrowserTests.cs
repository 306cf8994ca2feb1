using Capibara6.Core.Identity;

namespace Capibara6.Tests.GraphQL.GraphiQL;

/// <summary>GraphiQL in a browser, as people use it.</summary>
[TestClass]
public sealed class BrowserTests
{
    private static readonly string s_source = Path.Combine(Repository.Root, "Capibara6.Tests", "GraphQL", "GraphiQL", "Browser");

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    /// <summary>With CAPIBARA6_REFRESH_SCREENSHOTS=1 it takes the picture of docs/images as well.</summary>
    [TestMethod]
    [TestCategory("Browser")]
    public async Task GraphiQL_InABrowser_LogsInAsksAndSubscribes()
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

        await BrowserScripts.RunAsync(folder.Path, "npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"], Token);
        await using var host = await GraphQLHost.ListenAsync(Token, ("GraphQL:GraphiQL:Enabled", "true"));
        var url = new Uri(host.ClientOptions.BaseAddress, "/graphql").ToString();

        var output = await BrowserScripts.RunAsync(folder.Path, "node", ["check.mjs", url, KnownCaller.TokenOf(Roles.Admin), chromium, .. BrowserScripts.Pictures()], Token);

        Assert.Contains("all checks passed", output);
    }
}
