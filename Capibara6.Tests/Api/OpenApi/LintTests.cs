using System.Diagnostics;

namespace Capibara6.Tests.Api.OpenApi;

/// <summary>The committed document, read by the two linters that its users have: Redocly's strictest rules, and Spectral's.</summary>
[TestClass]
[TestCategory("Slow")]
public sealed class LintTests
{
    private static readonly string s_source = Path.Combine(Repository.Root, "Capibara6.Tests", "Api", "OpenApi", "Linters");

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Document_ReadByRedoclyAndSpectral_GivesNoWarning()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in (string[])[.. Directory.GetFiles(s_source), Path.Combine(Repository.Root, "Capibara6.Api", "openapi.json")])
        {
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        }

        await RunAsync(folder.Path, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        await RunAsync(folder.Path, "node_modules/.bin/redocly", "lint", "openapi.json", "--config", "redocly.yaml");
        await RunAsync(folder.Path, "node_modules/.bin/spectral", "lint", "openapi.json", "--ruleset", "spectral.yaml", "--fail-severity", "hint");
    }

    private async Task RunAsync(string folder, string program, params string[] arguments)
    {
        var path = program.Contains('/', StringComparison.Ordinal) ? Path.Combine(folder, program) : program;
        var start = new ProcessStartInfo(path, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };

        // Neither asks for newer versions of itself, nor tells anybody that it ran.
        start.Environment["REDOCLY_TELEMETRY"] = "off";
        start.Environment["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        await process.WaitForExitAsync(TestContext.CancellationToken);
        Assert.AreEqual(0, process.ExitCode, $"{program}:\n{await output}{await errors}");
    }
}
