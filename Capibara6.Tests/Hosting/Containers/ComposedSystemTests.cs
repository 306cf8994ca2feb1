using System.Globalization;
using System.Text.Json;
using Capibara6.Tests.Hosting.Publishing;

namespace Capibara6.Tests.Hosting.Containers;

/// <summary>The published Compose file with images of the real Dockerfile: it answers, scales, is replaced under load and ends.</summary>
[TestClass]
[TestCategory("Container")]
[DoNotParallelize]
public sealed class ComposedSystemTests
{
    private const string Api = "capibara6-api";
    private const string Worker = "capibara6-worker";
    private const string ModelsKey = "key-of-the-emulator";

    private readonly string _project = $"capibara6-test-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}"[..24];
    private readonly string _published = Path.Combine(Repository.Root, "deploy", "compose");
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = LocalServersFixture.FreePort();

    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestInitialize]
    public void RequireRuntime() => TestContainers.Require();

    [TestCleanup]
    public void RemoveFolder() => _folder.Dispose();

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task PublishedComposeFile_ReplicasReplacedUnderLoad_FailsNoRequestAndEndsCleanly()
    {
        await PublishSecretsAsync();
        var spec = await ReadAsync();
        await using var images = new ComposedImages(_project, Log);
        var emulator = new ComposeBuildSpec { Context = "../..", Dockerfile = "Dockerfile", Args = new() { ["PROJECT"] = "Capibara6.ModelEmulator" } };
        await images.BuildAsync(spec.Services.Values.Select(static service => service.Build).OfType<ComposeBuildSpec>().Append(emulator), Place, Token);
        await using var stack = new ComposeStack(spec, _project, Place, Image, Log);
        try
        {
            await stack.CreateNetworksAsync(Token);
            await StartModelsAsync(stack);
            await stack.UpAsync(Token);
            using var client = new ComposedClient(_port, Secret("nginx/tls.crt"));
            await client.LogInAsync(await File.ReadAllTextAsync(Secret($"{Api}/Identity__AdminPassword"), Token), Token);
            await AnswersAsync(client);
            await ScaleWorkersAsync(stack, client);
            await ReplaceUnderLoadAsync(stack, client);
            await EndsCleanlyAsync(stack);
        }
        catch
        {
            await stack.LogAllAsync();
            throw;
        }

        await stack.DownAsync();
        await NothingIsLeftAsync(stack);
    }

    /// <summary>REST and GraphQL, by the way that users take.</summary>
    private async Task AnswersAsync(ComposedClient client)
    {
        var answer = await client.PostAsync("https://api.capibara6.example/api/v1/query", new { query = "What is 2+2?" }, Token);
        Assert.IsFalse(string.IsNullOrEmpty(answer.GetProperty("result").GetString()), answer.ToString());

        var graph = await client.PostAsync("https://graphql.capibara6.example/graphql", new { query = "{ models { id } }" }, Token);
        Assert.IsGreaterThan(0, graph.GetProperty("data").GetProperty("models").GetArrayLength(), graph.ToString());
    }

    private async Task ScaleWorkersAsync(ComposeStack stack, ComposedClient client)
    {
        await stack.ScaleAsync(Worker, 5, Token);
        Assert.HasCount(5, await stack.ReplicasAsync(Worker, Token));

        var queries = Enumerable.Range(0, 40).Select(static number => $"What is {number}+1?").ToArray();
        var batch = await client.PostAsync("https://api.capibara6.example/api/v1/batch", new { queries }, Token);
        var address = $"https://api.capibara6.example/api/v1/batch/{batch.GetProperty("id").GetString()}";
        await Eventually.TrueAsync(
            async () => JsonDocument.Parse(await client.GetAsync(address, Token)).RootElement.GetProperty("status").GetString() == "completed",
            TimeSpan.FromSeconds(60), "the batch is done", Token);
        var results = await client.GetAsync($"{address}/results", Token);
        Assert.HasCount(queries.Length, results.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>A rolling update by hand, as docs/operations.md has it: a new replica, then one of the old ones less.</summary>
    private async Task ReplaceUnderLoadAsync(ComposeStack stack, ComposedClient client)
    {
        var old = await stack.ReplicasAsync(Api, Token);
        await using var load = SteadyLoad.Start(TimeSpan.FromMilliseconds(100), (number, token) => (number % 4) switch
        {
            0 => client.GetAsync("https://api.capibara6.example/api/v1/models", token),
            1 => client.GetAsync("https://api.capibara6.example/health", token),
            _ => client.PostAsync("https://api.capibara6.example/api/v1/query", new { query = $"Tell me about the number {number}." }, token),
        });
        foreach (var replica in old)
        {
            await stack.StartReplicaAsync(Api, Token);
            Assert.AreEqual(0, await stack.StopAsync(replica, Token), $"{replica} was not given the time it needed");
        }

        await load.StopAsync();
        var now = await stack.ReplicasAsync(Api, Token);
        Log($"{load.Sent} requests while {old.Count} replicas were replaced, {load.Failures.Count} failed");
        Assert.IsEmpty(load.Failures, string.Join('\n', load.Failures.Take(10)));
        Assert.IsGreaterThan(100, load.Sent);
        Assert.HasCount(old.Count, now);
        Assert.IsEmpty(old.Intersect(now));
    }

    private async Task EndsCleanlyAsync(ComposeStack stack)
    {
        var codes = await stack.StopAllAsync(Token);

        Assert.IsEmpty(codes.Where(static code => code.Value != 0), "exit codes: 137 is killed after the grace period");
        // 3 of the API, 2 of GraphQL, 5 workers, PostgreSQL twice, Redis, nginx.
        Assert.HasCount(14, codes);
    }

    private async Task NothingIsLeftAsync(ComposeStack stack)
    {
        foreach (var kind in new[] { "container", "network", "volume" })
        {
            string[] all = kind == "container" ? ["--all"] : [];
            Assert.IsEmpty(await TestContainers.RunAsync(Token, [kind, "ls", .. all, "--quiet", "--filter", stack.Label]), kind);
        }
    }

    /// <summary>The world outside of the system: models, behind the way out that the Compose file leaves.</summary>
    private async Task StartModelsAsync(ComposeStack stack) => await TestContainers.RunAsync(
        Token, "run", "--detach", "--pull", "never", "--name", $"{_project}-models", "--label", stack.Label["label=".Length..],
        "--network", $"{stack.Network("outbound")}:alias=models", "--env", $"Emulator__ApiKey={ModelsKey}",
        // Answers take half a second or so, so that there are always some under way.
        "--env", "Emulator__FirstTokenLatency=00:00:00.200", "--env", "Emulator__TokensPerSecond=200",
        ComposedImages.Tag(_project, "Capibara6.ModelEmulator"));

    private async Task PublishSecretsAsync()
    {
        var (exitCode, output) = await PublishedAppHost.RunAsync(
            Token, "--publisher", "docker-compose", "--output-path", _folder.File("compose"), "--create-secrets", "true",
            "--Parameters:models-endpoint=http://models:8080/v1", $"--Parameters:models-key={ModelsKey}");
        Assert.AreEqual(0, exitCode, output);
    }

    /// <summary>The committed file; what an .env and an override would say is said here: ports, and limits that the load stays below.</summary>
    private async Task<ComposeSpec> ReadAsync()
    {
        var spec = ComposeSpec.Parse(await File.ReadAllTextAsync(Path.Combine(_published, "docker-compose.yaml"), Token), new Dictionary<string, string>
        {
            ["HTTP_PORT"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{LocalServersFixture.FreePort()}"),
            ["HTTPS_PORT"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}"),
        });
        foreach (var policy in new[] { "ip", "account", "query" })
        {
            spec.Services[Api].Environment[$"RateLimits__Policies__{policy}__Permits"] = "100000";
        }

        return spec;
    }

    /// <summary>Secrets are in a folder of this run; all else is what is committed.</summary>
    private string Place(string path) => Path.GetFullPath(Path.Combine(
        path.StartsWith("./secrets/", StringComparison.Ordinal) ? _folder.File("compose") : _published, path));

    private string Secret(string name) => Place($"./secrets/{name}.secret");

    private string Image(ComposeServiceSpec service) => service.Build is { } build
        ? ComposedImages.Tag(_project, build.Args["PROJECT"])
        : service.Image.Split('@')[0];

    private void Log(string line) => TestContext.WriteLine(line);
}
