using System.Text.RegularExpressions;

namespace Capibara6.Tests.Hosting.Publishing;

/// <summary>An alert leads to a page that says what to do.</summary>
[TestClass]
public sealed partial class AlertTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Alerts_Runbooks_AreHeadingsOfTheOperationsPage()
    {
        var alerts = (await PublishedAppHost.GetAsync()).Compose["config/prometheus/etc-prometheus-alerts.yml"];
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations.md"), TestContext.CancellationToken);
        var headings = Heading().Matches(page).Select(static match => match.Groups[1].Value.Trim().ToLowerInvariant().Replace(' ', '-')).ToHashSet();

        var runbooks = Runbook().Matches(alerts).Select(static match => match.Groups[1].Value).ToList();

        Assert.HasCount(6, runbooks);
        Assert.IsEmpty(runbooks.Except(headings));
    }

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("runbook_url: \\S+#(\\S+)")]
    private static partial Regex Runbook();
}
