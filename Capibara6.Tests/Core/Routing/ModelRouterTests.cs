using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Capibara6.Core.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Capibara6.Tests.Core.Routing;

[TestClass]
public sealed class ModelRouterTests
{
    private const string Hard = """
        Prove rigorously that every bounded monotone sequence converges. First state the lemma you need, then derive each step,
        and finally compare your proof with one by contradiction: why is x_n <= x_{n+1} <= M enough, and what fails for sup(S) = ∞?
        """;

    private static readonly string[] s_policies = ["learned", "rules"];

    [TestMethod]
    [DataRow("hello")]
    [DataRow("What is the capital of France?")]
    [DataRow("How to create a Python function?")]
    [DataRow("Translate 'good morning' to Spanish.")]
    [DataRow("List three fruits")]
    public void Route_EverydayQuestion_GoesToTheSmallModel(string query)
    {
        foreach (var policy in s_policies)
        {
            var routing = Route(query, new() { ["Routing:Policy"] = policy });
            Assert.AreEqual(EmulatedPair.Small, routing.SelectedModel, routing.Reasoning);
            Assert.IsLessThan(0.5, routing.Complexity);
            Assert.IsGreaterThan(routing.Model120bConfidence, routing.Model20bConfidence);
            Assert.Contains("below the threshold", routing.Reasoning);
        }
    }

    [TestMethod]
    [DataRow(Hard)]
    [DataRow("Design a distributed consensus protocol with constraints on latency and throughput; compare it with Raft and analyze every race and deadlock.")]
    public void Route_HardQuestion_GoesToTheLargeModel(string query)
    {
        foreach (var policy in s_policies)
        {
            var routing = Route(query, new() { ["Routing:Policy"] = policy });
            Assert.AreEqual(EmulatedPair.Large, routing.SelectedModel, routing.Reasoning);
            Assert.IsGreaterThanOrEqualTo(0.5, routing.Complexity);
            Assert.Contains("at or above the threshold", routing.Reasoning);
        }
    }

    [TestMethod]
    public void Route_WordProblemOfSeveralSteps_GoesToTheLargeModelBeforeAShortOne()
    {
        const string Long = """
            A train leaves at 3 with 120 passengers. At each of 4 stops half get off, then 15 get on, then each pays 2.50. How many remain,
            and how much was paid in total? Calculate step by step.
            """;
        const string Short = "Ann has 3 apples and buys 2 more. How many apples has she now?";
        Assert.AreEqual(EmulatedPair.Large, Route(Long, new() { ["Routing:Policy"] = "rules" }).SelectedModel);
        Assert.AreEqual(EmulatedPair.Large, Route(Long, new() { ["Routing:StrongShare"] = "0.4" }).SelectedModel);
        Assert.AreEqual(EmulatedPair.Small, Route(Short, new() { ["Routing:StrongShare"] = "0.4" }).SelectedModel);
    }

    [TestMethod]
    [DataRow("Write a Python function with async and await", "code")]
    [DataRow("Solve the equation x^2 + 3x = 10 and find the derivative", "mathematics")]
    [DataRow("What is the treatment of this disease for an older patient?", "medicine")]
    [DataRow("Is this contract clause legal under tort law?", "law")]
    [DataRow("Write a poem and an essay in a warm tone", "writing")]
    [DataRow("good afternoon everybody", "general")]
    public void Route_WordsOfADomain_NameIt(string query, string domain) => Assert.AreEqual(domain, Route(query).Domain);

    [TestMethod]
    public void Route_SameQuery_IsTheSameDecision() => Assert.AreEqual(Route(Hard), Route(Hard));

    [TestMethod]
    public void Route_ModelNamed_IsThatOneAndSaysSo()
    {
        using var services = Build([]);
        var routing = services.GetRequiredService<IModelRouter>().Route(new QueryRequest("hello", CoreReplica.Alice) { Model = "CAPIBARA6-120B" });
        Assert.AreEqual(EmulatedPair.Large, routing.SelectedModel);
        Assert.Contains("the request names it", routing.Reasoning);
    }

    [TestMethod]
    public void Route_PolicyAndThreshold_AreThoseConfigured()
    {
        Assert.AreEqual(EmulatedPair.Large, Route("hello", new() { ["Routing:Policy"] = "always-large" }).SelectedModel);
        Assert.AreEqual(EmulatedPair.Small, Route(Hard, new() { ["Routing:Policy"] = "always-small" }).SelectedModel);
        Assert.AreEqual(EmulatedPair.Large, Route("hello", new() { ["Routing:Threshold"] = "0" }).SelectedModel);
    }

    [TestMethod]
    public void Route_TextBeyondTheSmallModelsWindow_GoesToTheLargeOne()
    {
        var settings = new Dictionary<string, string?> { ["Models:Catalog:capibara6-20b:ContextWindow"] = "1024" };
        var routing = Route(string.Join(' ', Enumerable.Repeat("hello", 800)), new(settings) { ["Routing:Threshold"] = "1" });
        Assert.AreEqual(EmulatedPair.Large, routing.SelectedModel);
        Assert.Contains("window", routing.Reasoning);
    }

    [TestMethod]
    public void Options_UnknownPolicy_StopsTheStartAndNamesTheChoices()
    {
        var error = Assert.ThrowsExactly<OptionsValidationException>(() => Route("hello", new() { ["Routing:Policy"] = "best" }));
        Assert.Contains("always-small", error.Message);
    }

    [TestMethod]
    public void Options_WrongModels_NameEachSetting()
    {
        using var services = Build(new()
        {
            ["Models:Catalog:capibara6-20b:ContextWindow"] = "1",
            ["Models:Catalog:capibara6-120b:Endpoint"] = "nowhere",
            ["Models:Catalog:other:Name"] = "Other",
            ["Models:Catalog:other:Fallback"] = "nobody",
            ["Models:Catalog:other:DropParameters:0"] = "model",
            ["Models:Catalog:other:Deployments:east:Weight"] = "0",
            ["Models:Aliases:gpt-4o"] = "gpt-4o-mini",
            ["Models:Resilience:Retries"] = "99",
        });
        var error = Assert.ThrowsExactly<OptionsValidationException>(() => services.GetRequiredService<IModelCatalog>());
        Assert.Contains("Models:Catalog:capibara6-20b:ContextWindow", error.Message);
        Assert.Contains("Models:Catalog:capibara6-120b:Endpoint", error.Message);
        Assert.Contains("Models:Catalog:other:Fallback", error.Message);
        Assert.Contains("'model' can neither be dropped", error.Message);
        Assert.Contains("Models:Catalog:other:Deployments:east:Weight", error.Message);
        Assert.Contains("Models:Aliases:gpt-4o", error.Message);
        Assert.Contains("Models:Resilience:Retries", error.Message);
    }

    [TestMethod]
    public void Catalog_SettingOverridden_KeepsTheOthers()
    {
        using var services = Build(new() { ["Models:Catalog:capibara6-20b:PromptPricePerMillion"] = "0.01" });
        var model = services.GetRequiredService<IModelCatalog>().Find("Capibara6-20B")!;
        Assert.AreEqual((0.01m, "Capibara6 20B", 20), (model.PromptPricePerMillion, model.Name, model.ParametersBillion));
    }

    [TestMethod]
    [DataRow("http://localhost:1/v1", "http://localhost:1/v1", null)]
    [DataRow("Endpoint=http://localhost:1/v1;Key=a=b", "http://localhost:1/v1", "a=b")]
    [DataRow("endpoint=https://models.example/v1", "https://models.example/v1", null)]
    public void Endpoint_ConnectionString_IsRead(string text, string address, string? key)
    {
        var endpoint = ModelEndpoint.Parse(text);
        Assert.AreEqual((new Uri(address), key), (endpoint.Address, endpoint.Key));
        Assert.DoesNotContain("a=b", endpoint.ToString());
    }

    [TestMethod]
    [DataRow("sk-secret")]
    [DataRow("Key=sk-secret")]
    [DataRow("Endpoint=ftp://x;Key=sk-secret")]
    public void Endpoint_NotOne_SaysWhatItMustBeWithoutTheKey(string text) =>
        Assert.DoesNotContain("sk-secret", Assert.ThrowsExactly<FormatException>(() => ModelEndpoint.Parse(text)).Message);

    private static RoutingResult Route(string query, Dictionary<string, string?>? settings = null) => RoutingHost.Route(query, settings);

    private static ServiceProvider Build(Dictionary<string, string?> settings) => RoutingHost.Build(settings);
}
