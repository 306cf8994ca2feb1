using System.Diagnostics;
using System.Text.Json;

namespace Capibara6.Tests.GraphQL;

/// <summary>The audits of GraphQL over HTTP by its specification's own authors: the npm package graphql-http.</summary>
[TestClass]
public sealed class AuditTests
{
    private const string Script =
        """
        import { serverAudits } from 'graphql-http';
        const results = [];
        const fetchFn = (url, init) => {
          const headers = new Headers(init?.headers);
          headers.set('Authorization', `Bearer ${process.argv[3]}`);
          return fetch(url, { ...init, headers });
        };
        for (const audit of serverAudits({ url: process.argv[2], fetchFn })) {
          const { id, name, status, reason } = await audit.fn();
          results.push({ id, name, status, reason });
        }
        console.log(JSON.stringify(results));
        """;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [TestCategory("Slow")]
    public async Task Transport_UnderTheOfficialAudits_PassesAllSixty()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "package.json"), """{"private":true,"type":"module"}""", Token);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "audit.mjs"), Script, Token);
        await RunAsync(folder.Path, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "graphql-http@1.22.4", "graphql@16.15.0");
        await using var host = GraphQLEdgeHost.Start();
        using var client = host.CreateClient();

        var output = await RunAsync(folder.Path, "node", "audit.mjs", new Uri(client.BaseAddress!, "/graphql").ToString(), KnownCaller.TokenOf("developer"));

        using var results = JsonDocument.Parse(output);
        string[] failed = [.. results.RootElement.EnumerateArray().Where(audit => audit.GetProperty("status").GetString() != "ok").Select(audit => audit.ToString())];
        Assert.IsEmpty(failed, string.Join('\n', failed));
        Assert.AreEqual(60, results.RootElement.GetArrayLength());
    }

    private async Task<string> RunAsync(string folder, string program, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} didn't start.");
        var output = process.StandardOutput.ReadToEndAsync(Token);
        var error = process.StandardError.ReadToEndAsync(Token);
        try
        {
            await process.WaitForExitAsync(Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        Assert.AreEqual(0, process.ExitCode, $"{program}: {await error}");
        return await output;
    }
}
