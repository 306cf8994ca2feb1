using Capibara6.Core;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Capibara6.ModelEmulator;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Tests.Core.ModelClients;

/// <summary>Aliases, deployments, prices, and changes of configuration while it runs.</summary>
[TestClass]
public sealed class ModelFleetTests
{
    private static TestDatabase s_database = null!;
    private ModelEmulatorHost _east = null!;
    private ModelEmulatorHost _west = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task CreateDatabaseAsync(TestContext context) => s_database = await MigratedDatabase.CreateAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task DropDatabaseAsync() => await s_database.DisposeAsync();

    [TestInitialize]
    public async Task StartAsync() => (_east, _west) = (await EmulatedPair.StartAsync(Token), await EmulatedPair.StartAsync(Token));

    [TestCleanup]
    public async Task StopAsync()
    {
        await _east.DisposeAsync();
        await _west.DisposeAsync();
    }

    [TestMethod]
    public async Task Deployments_OfOnePriority_ShareByWeight()
    {
        await using var replica = await StartReplicaAsync(Places(eastWeight: 3, westWeight: 1, westPriority: 0));
        for (var i = 0; i < 40; i++)
        {
            CoreReplica.Value(await AskAsync(replica, $"question {i}"));
        }

        Assert.AreEqual(40, _east.Statistics.Requests + _west.Statistics.Requests);
        Assert.IsGreaterThan(_west.Statistics.Requests, _east.Statistics.Requests);
        Assert.IsGreaterThan(0, _west.Statistics.Requests);
    }

    [TestMethod]
    public async Task Deployments_FirstFails_SecondAnswersAtOnceAndTheFirstIsLeftAlone()
    {
        _east.Faults.Set(EmulatedPair.Status(429, retryAfter: 600));
        await using var replica = await StartReplicaAsync(Places(1, 1, westPriority: 1));
        for (var i = 0; i < 3; i++)
        {
            Assert.AreEqual(EmulatedPair.Small, CoreReplica.Value(await AskAsync(replica, $"question {i}")).ModelUsed);
        }

        Assert.AreEqual((1, 3), (_east.Statistics.Requests, _west.Statistics.Requests));
    }

    [TestMethod]
    public async Task Deployments_OneWithoutTheModel_AreAnsweredByTheOther()
    {
        var settings = Places(1, 1, westPriority: 1);
        settings["Models:Catalog:capibara6-20b:Deployments:east:UpstreamModel"] = "nowhere";
        await using var replica = await StartReplicaAsync(settings);

        Assert.AreEqual(EmulatedPair.Small, CoreReplica.Value(await AskAsync(replica, "hello")).ModelUsed);
        await Eventually.TrueAsync(
            () => replica.Log.Text.Contains("does not have 'nowhere'", StringComparison.Ordinal), TimeSpan.FromSeconds(5), "the log says which is missing", Token);
    }

    [TestMethod]
    public async Task Alias_OfAModel_IsThatModel()
    {
        await using var replica = await StartReplicaAsync(new() { ["Models:Aliases:gpt-4o"] = EmulatedPair.Large });
        var result = CoreReplica.Value(await replica.Pipeline.ExecuteAsync(new QueryRequest("hello", CoreReplica.Alice) { Model = "GPT-4o" }, Token));
        Assert.AreEqual(EmulatedPair.Large, result.ModelUsed);
    }

    [TestMethod]
    public async Task Configuration_Changed_CountsAtOnceOrNotAtAll()
    {
        await using var replica = await StartReplicaAsync([]);
        var catalog = replica.Services.GetRequiredService<IModelCatalog>();
        var configuration = (IConfigurationRoot)replica.Services.GetRequiredService<IConfiguration>();

        configuration["Models:Aliases:fast"] = EmulatedPair.Small;
        configuration["Models:Catalog:capibara6-20b:CachedPromptPricePerMillion"] = "0.01";
        configuration.Reload();
        Assert.AreEqual(EmulatedPair.Small, catalog.Find("fast")?.Id);
        var model = catalog.Find(EmulatedPair.Small)!;
        Assert.AreEqual(0.01m + (0.05m * 2) + 0.2m, model.CostOf(new TokenUsage(3_000_000, 1_000_000, 1_000_000)));

        configuration["Models:Aliases:fast"] = "nobody";
        configuration["Models:Aliases:slow"] = EmulatedPair.Large;
        configuration.Reload();
        Assert.IsNull(catalog.Find("slow"));
        Assert.AreEqual(EmulatedPair.Small, catalog.Find("fast")?.Id);
        Assert.Contains("Models:Aliases:fast", replica.Log.Text);
    }

    private Dictionary<string, string?> Places(int eastWeight, int westWeight, int westPriority)
    {
        const string Section = "Models:Catalog:capibara6-20b:Deployments:";
        return new()
        {
            [Section + "east:Endpoint"] = $"{_east.Address}v1",
            [Section + "east:Weight"] = $"{eastWeight}",
            [Section + "west:Endpoint"] = $"{_west.Address}v1",
            [Section + "west:Weight"] = $"{westWeight}",
            [Section + "west:Priority"] = $"{westPriority}",
        };
    }

    private Task<CoreReplica> StartReplicaAsync(Dictionary<string, string?> settings) =>
        CoreReplica.StartAsync(s_database.ConnectionString, EmulatedPair.ConnectionStringOf(_east), Token, settings: settings);

    private Task<Outcome<QueryResult>> AskAsync(CoreReplica replica, string query) =>
        replica.Pipeline.ExecuteAsync(new QueryRequest(query, CoreReplica.Alice) { Model = EmulatedPair.Small }, Token);
}
