using System.Diagnostics;

namespace Capibara6.Tests.Api.ChatCompletions;

/// <summary>The official clients for Node.js, pointed at us: OpenAI's, Anthropic's, the AI SDK, LangChain.</summary>
[TestClass]
[TestCategory("Slow")]
public sealed class OpenAIClientTests
{
    private static readonly string s_source = Path.Combine(Repository.Root, "Capibara6.Tests", "Api", "ChatCompletions", "OpenAIClient");

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task OfficialClients_AllTheirCalls_Work()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(s_source))
        {
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        }

        await RunAsync(folder.Path, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        await using var host = await ApiHost.StartEmptyAsync(TestContext.CancellationToken);
        host.UseKestrel(0);
        host.StartServer();
        await host.MigrateAsync(TestContext.CancellationToken);

        await using var worker = await BatchWorker.StartAsync(host, TestContext.CancellationToken);
        foreach (var script in (string[])["check.mjs", "batch.mjs", "anthropic.mjs", "frameworks.mjs"])
        {
            var output = await RunAsync(folder.Path, "node", script, $"{host.ClientOptions.BaseAddress}v1", KnownCaller.TokenOf("developer"));
            Assert.Contains("all checks passed", output, script);
        }
    }

    private async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        await process.WaitForExitAsync(TestContext.CancellationToken);
        var text = await output + await errors;
        Assert.AreEqual(0, process.ExitCode, text);
        return text;
    }
}
