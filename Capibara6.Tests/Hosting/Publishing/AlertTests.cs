using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;

namespace Capibara6.Tests.Hosting.Publishing;

/// <summary>An alert fires when it should and at no other time, and leads to a page that says what to do.</summary>
[TestClass]
public sealed partial class AlertTests
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "Capibara6.AppHost", "monitoring");

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Alerts_Runbooks_AreHeadingsOfTheOperationsPage()
    {
        var alerts = (await PublishedAppHost.GetAsync()).Compose["config/prometheus/etc-prometheus-rules-alerts.yaml"];
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations.md"), TestContext.CancellationToken);
        var headings = Heading().Matches(page).Select(static match => match.Groups[1].Value.Trim().ToLowerInvariant().Replace(' ', '-')).ToHashSet();

        var runbooks = Runbook().Matches(alerts).Select(static match => match.Groups[1].Value).ToList();

        Assert.HasCount(Alert().Count(alerts), runbooks);
        Assert.IsEmpty(runbooks.Except(headings));
    }

    /// <summary>By Prometheus's own unit tests of rules.</summary>
    [TestMethod]
    public Task Alerts_InTheirTests_FireAndStaySilent() => CheckAsync(s_folder, "test", "rules", "alerts.test.yaml");

    [TestMethod]
    public async Task Prometheus_PublishedConfiguration_IsValid()
    {
        using var folder = new TemporaryFolder();
        var compose = (await PublishedAppHost.GetAsync()).Compose;
        await File.WriteAllTextAsync(folder.File("prometheus.yml"), compose["config/prometheus/etc-prometheus-prometheus.yml"], TestContext.CancellationToken);
        await File.WriteAllTextAsync(folder.File("alerts.yaml"), compose["config/prometheus/etc-prometheus-rules-alerts.yaml"], TestContext.CancellationToken);

        await CheckAsync(folder.Path, "check", "config", "--syntax-only", "prometheus.yml");
        await CheckAsync(folder.Path, "check", "rules", "alerts.yaml");
    }

    [TestMethod]
    public async Task Alerts_All_AreMadeToFireAndToStaySilent()
    {
        var alerts = await File.ReadAllTextAsync(Path.Combine(s_folder, "alerts.yaml"), TestContext.CancellationToken);
        var tests = await File.ReadAllTextAsync(Path.Combine(s_folder, "alerts.test.yaml"), TestContext.CancellationToken);

        var names = Alert().Matches(alerts).Select(static match => match.Groups[1].Value).ToList();

        Assert.IsNotEmpty(names);
        Assert.IsEmpty(names.Where(name => !Regex.IsMatch(tests, $@"eval_time: \w+\n\s+alertname: {name}\n\s+exp_alerts:")), "never fire");
        Assert.IsEmpty(names.Where(name => !Regex.IsMatch(tests, $@"\{{eval_time: \w+, alertname: {name}\}}")), "are never silent");
    }

    private async Task CheckAsync(string folder, params string[] arguments)
    {
        try
        {
            var end = await Cli.Wrap("promtool").WithArguments(arguments).WithWorkingDirectory(folder)
                .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(TestContext.CancellationToken);
            Assert.AreEqual(0, end.ExitCode, end.StandardOutput + end.StandardError);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Inconclusive("promtool is not installed; setup-promtool.sh does that.");
        }
    }

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("runbook_url: \\S+#(\\S+)")]
    private static partial Regex Runbook();

    [GeneratedRegex("- alert: (\\w+)")]
    private static partial Regex Alert();
}
