using System.Diagnostics;
using System.Text.Json;
using Capibara6.Core.Jobs;

namespace Capibara6.Tests.GraphQL;

/// <summary>Public clients and tools, as their users get them from npm.</summary>
[TestClass]
[TestCategory("Slow")]
public sealed class ClientTests
{
    private static readonly string s_source = Path.Combine(Repository.Root, "Capibara6.Tests", "GraphQL", "Clients");
    private static TemporaryFolder s_folder = null!;
    private static GraphQLEdgeHost s_host = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(s_source))
        {
            File.Copy(file, Path.Combine(s_folder.Path, Path.GetFileName(file)));
        }

        await RunAsync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"], context.CancellationToken);
        s_host = GraphQLEdgeHost.Start(settings: ("GraphQL:Subscriptions:BatchInterval", "00:00:00.100"));
        using var client = s_host.CreateClient();
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await s_host.DisposeAsync();
        s_folder.Dispose();
    }

    [TestMethod]
    public async Task Transport_UnderTheOfficialAudits_PassesEachOfThem()
    {
        using var results = JsonDocument.Parse(await RunScriptAsync("audit.mjs"));

        string[] failed = [.. results.RootElement.EnumerateArray().Where(audit => audit.GetProperty("status").GetString() != "ok").Select(audit => audit.ToString())];
        Assert.IsEmpty(failed, string.Join('\n', failed));
        Assert.AreEqual(60, results.RootElement.GetArrayLength());
    }

    [TestMethod]
    public async Task Introspection_ByTheReferenceImplementation_GivesTheCommittedSchema() =>
        await CheckAsync("introspection.mjs", Path.Combine(Repository.Root, "Capibara6.GraphQL", "schema.graphql"));

    [TestMethod]
    public async Task Subscriptions_OfGraphqlWs_Work()
    {
        ScriptLooks();
        await CheckAsync("socket.mjs");
    }

    [TestMethod]
    public async Task Subscriptions_OfGraphqlSse_Work()
    {
        ScriptLooks();
        await CheckAsync("events.mjs");
    }

    [TestMethod]
    public async Task GeneratedClients_InUrqlAndApollo_CompileAndWork() => await CheckAsync("generated.mjs");

    [TestMethod]
    public async Task ExamplesOfGraphiQL_OfEachOperation_AreValid() => await CheckAsync(
        "examples.mjs",
        Path.Combine(Repository.Root, "Capibara6.GraphQL", "GraphiQL", "App", "examples.js"),
        Path.Combine(Repository.Root, "Capibara6.GraphQL", "schema.graphql"));

    // What the batch looks like when it is looked at.
    private static void ScriptLooks()
    {
        s_host.Batches.Looks.Clear();
        foreach (var status in new[] { BatchStatus.Queued, BatchStatus.Queued, BatchStatus.Running, BatchStatus.Completed })
        {
            s_host.Batches.Looks.Enqueue(ScriptedBatchesView(status));
        }
    }

    private static BatchView ScriptedBatchesView(BatchStatus status) => Api.ScriptedBatches.View(1, BatchPriority.Low) with { Status = status };

    private async Task CheckAsync(string script, params string[] arguments) => Assert.Contains("all checks passed", await RunScriptAsync(script, arguments));

    private Task<string> RunScriptAsync(string script, params string[] arguments)
    {
        var url = new Uri(s_host.ClientOptions.BaseAddress, "/graphql").ToString();
        return RunAsync("node", [script, url, KnownCaller.TokenOf("developer"), .. arguments], Token);
    }

    private static async Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = s_folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} didn't start.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        Assert.AreEqual(0, process.ExitCode, $"{program}: {await error}{await output}");
        return await output;
    }
}
