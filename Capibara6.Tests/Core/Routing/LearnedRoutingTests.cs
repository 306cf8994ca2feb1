using System.Diagnostics;
using System.Diagnostics.Metrics;
using Capibara6.Core.Queries;
using Capibara6.Core.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Capibara6.Tests.Core.Routing;

[TestClass]
public sealed class LearnedRoutingTests
{
    private static readonly string[] s_policies = ["learned", "rules"];

    [TestMethod]
    [DataRow("Prove the Riemann hypothesis", "mathematics")]
    [DataRow("Demuestra que la raíz cuadrada de dos es irracional", "mathematics")]
    [DataRow("Implement a lock-free multi-producer queue in C++ and prove that it is linearizable", "code")]
    public void Route_HardOfADomain_GoesToTheLargeModelUnderItsName(string query, string domain)
    {
        foreach (var policy in s_policies)
        {
            var routing = RoutingHost.Route(query, new() { ["Routing:Policy"] = policy });
            Assert.AreEqual((EmulatedPair.Large, domain), (routing.SelectedModel, routing.Domain), policy + ": " + routing.Reasoning);
        }
    }

    [TestMethod]
    public void Route_LockFreeQueueInCpp_IsCodeForTheLargeModel()
    {
        const string Query = "Write a lock-free queue in C++";
        Assert.AreEqual("code", RoutingHost.Route(Query, new() { ["Routing:Policy"] = "rules" }).Domain);
        var routing = RoutingHost.Route(Query);
        Assert.AreEqual((EmulatedPair.Large, "code"), (routing.SelectedModel, routing.Domain), routing.Reasoning);
    }

    [TestMethod]
    [DataRow("a", 31_000)]
    [DataRow("a ", 15_500)]
    public void Route_ThirtyOneThousandCharacters_GoToTheLargeModel(string text, int times)
    {
        foreach (var policy in s_policies)
        {
            var routing = RoutingHost.Route(string.Concat(Enumerable.Repeat(text, times)), new() { ["Routing:Policy"] = policy });
            Assert.AreEqual(EmulatedPair.Large, routing.SelectedModel, routing.Reasoning);
        }
    }

    [TestMethod]
    public void Route_Hi_SaysThatTheSmallModelWillDo()
    {
        var routing = RoutingHost.Route("Hi");
        Assert.AreEqual(EmulatedPair.Small, routing.SelectedModel);
        Assert.IsGreaterThan(0.8, routing.Model20bConfidence);
        Assert.IsLessThan(0.2, routing.Model120bConfidence);
        Assert.AreEqual(1, routing.Model20bConfidence + routing.Model120bConfidence, 1e-9);
    }

    [TestMethod]
    [DynamicData(nameof(Pairs))]
    public void Route_Spanish_GoesWhereEnglishGoes(string english, string spanish)
    {
        foreach (var policy in s_policies)
        {
            Dictionary<string, string?> settings = new() { ["Routing:Policy"] = policy };
            var (one, other) = (RoutingHost.Route(english, settings), RoutingHost.Route(spanish, settings));
            Assert.AreEqual(one.SelectedModel, other.SelectedModel, $"{one.Model120bConfidence} {one.Reasoning} / {other.Model120bConfidence} {other.Reasoning}");
            Assert.AreEqual(one.Domain, other.Domain, policy);
        }
    }

    public static IEnumerable<(string English, string Spanish)> Pairs =>
    [
        ("Hello, good morning", "Hola, buenos días"),
        ("What is the capital of Chile?", "¿Cuál es la capital de Chile?"),
        ("Who wrote this book?", "¿Quién escribió este libro?"),
        ("Write a poem about the light", "Escribe un poema sobre la luz"),
        ("Translate 'good morning' into French", "Traduce 'buenos días' al francés"),
        ("Name three fruits", "Nombra tres frutas"),
        ("What is an acid?", "¿Qué es un ácido?"),
        ("Prove that the square root of two is irrational", "Demuestra que la raíz cuadrada de dos es irracional"),
        ("Prove that there are infinitely many prime numbers", "Demuestra que hay infinitos números primos"),
        ("Design a distributed consensus protocol and analyze latency and throughput", "Diseña un protocolo de consenso distribuido y analiza la latencia y el rendimiento"),
        ("Compare two theories of justice and evaluate the consequences of each for the law of contracts", "Compara dos teorías de la justicia y evalúa las consecuencias de cada una para la ley de contratos"),
        ("Explain step by step the mechanism of the disease and justify the treatment of the patient", "Explica paso a paso el mecanismo de la enfermedad y justifica el tratamiento del paciente"),
        ("Ana has 3 apples and buys 2 more. How many apples does Ana have?", "Ana tiene 3 manzanas y compra 2 más. ¿Cuántas manzanas tiene Ana?"),
        (
            "A train leaves with 120 people. At each of 4 stops half of the people get off, then 15 more get on, and after the last stop each person pays twice the price of 3 dollars. How many people are left on the train, how many got off in total, and how much money did all of them pay together?",
            "Un tren sale con 120 personas. En cada una de 4 paradas la mitad de las personas baja, luego suben 15 más, y después de la última parada cada persona paga el doble del precio de 3 dólares. ¿Cuántas personas quedan en el tren, cuántas bajaron en total y cuánto dinero pagaron todas juntas?"),
        (
            "Which of the following is a base?\nA. water\nB. blood\nC. light\nD. money\nAnswer:",
            "¿Cuál de los siguientes es una base?\nA. agua\nB. sangre\nC. luz\nD. dinero\nRespuesta:"),
    ];

    [TestMethod]
    public void StrongShare_OfTheReference_IsTheShareThatGoesToTheLargeModel()
    {
        var model = RouterModel.Load();
        Assert.IsTrue(model.LearnedShares.Zip(model.LearnedShares.Skip(1)).All(pair => pair.First >= pair.Second));
        Assert.AreEqual(model.LearnedShares[30], new LearnedPolicy(model).ThresholdFor(0.3), 1e-9);
        Assert.AreEqual(EmulatedPair.Small, RoutingHost.Route("Prove the Riemann hypothesis", new() { ["Routing:StrongShare"] = "0" }).SelectedModel);
        Assert.AreEqual(EmulatedPair.Large, RoutingHost.Route("Hi", new() { ["Routing:StrongShare"] = "1" }).SelectedModel);
    }

    [TestMethod]
    public void Tiers_Three_AreChosenByHowMuchIsNeeded()
    {
        Dictionary<string, string?> settings = new()
        {
            ["Models:Catalog:giant:Name"] = "Giant",
            ["Models:Catalog:giant:Tier"] = "400B",
            ["Models:Catalog:giant:ParametersBillion"] = "400",
            ["Models:Catalog:giant:ContextWindow"] = "131072",
            ["Routing:Tiers:400B"] = "0.02",
        };
        var hard = RoutingHost.Route("Prove the Riemann hypothesis");
        Assert.AreEqual("giant", RoutingHost.Route("Prove rigorously, step by step, the Riemann hypothesis: derive each lemma, justify the convergence, and compare two proofs", settings).SelectedModel);
        Assert.AreEqual(EmulatedPair.Small, RoutingHost.Route("Hi", settings).SelectedModel);
        settings["Routing:StrongShare"] = "0.9";
        Assert.AreEqual(EmulatedPair.Large, RoutingHost.Route("How do I read a file in C#? Explain each step.", settings).SelectedModel);
        Assert.AreEqual("giant", RoutingHost.Route("Hi", settings, "400B").SelectedModel);
        Assert.AreEqual(EmulatedPair.Large, hard.SelectedModel);
    }

    [TestMethod]
    [DataRow("20B", EmulatedPair.Small)]
    [DataRow("120b", EmulatedPair.Large)]
    public void Route_TierNamed_IsItsModel(string tier, string model)
    {
        var routing = RoutingHost.Route("Prove the Riemann hypothesis", model: tier);
        Assert.AreEqual(model, routing.SelectedModel);
        Assert.Contains("the request names it", routing.Reasoning);
    }

    [TestMethod]
    public void Reasoning_OfEveryKind_NamesWhatWeighed()
    {
        Assert.Contains("probability of", RoutingHost.Route("Hi").Reasoning);
        Assert.Contains("words that ask for reasoning", RoutingHost.Route("Prove the Riemann hypothesis").Reasoning);
        Assert.Contains("'", RoutingHost.Route("For which of these two scenarios is the character morally wrong?\nA. Wrong\nB. Not wrong\nAnswer:").Reasoning);
        Assert.MatchesRegex("number|length|comparisons|fractions", RoutingHost.Route("Tom is half as old as Ann, who is 12 years older than Bob. Bob is 8. How old is Tom?").Reasoning);
    }

    [TestMethod]
    public void Shadow_OtherPolicy_IsRecordedAndChangesNothing()
    {
        var seen = new List<Dictionary<string, object?>>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, meters) =>
            {
                if (instrument.Name == "capibara6.routing.shadow")
                {
                    meters.EnableMeasurementEvents(instrument);
                }
            },
        };
        var thread = Environment.CurrentManagedThreadId;
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            // Other tests route at the same time, on threads of their own.
            if (Environment.CurrentManagedThreadId == thread)
            {
                seen.Add(tags.ToArray().ToDictionary());
            }
        });
        listener.Start();

        using var span = new Activity("test").Start();
        span.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        span.IsAllDataRequested = true;
        var routing = RoutingHost.Route("Hi", new() { ["Routing:Shadow"] = "always-large" });
        span.Stop();
        Assert.AreEqual(EmulatedPair.Small, routing.SelectedModel);
        Assert.HasCount(1, seen);
        Assert.AreEqual(("learned", EmulatedPair.Small, "always-large", EmulatedPair.Large),
            (seen[0]["policy"], seen[0]["model"], seen[0]["shadow_policy"], seen[0]["shadow_model"]));
        Assert.AreEqual(EmulatedPair.Large, span.GetTagItem("capibara6.routing.shadow.model"));
        Assert.AreEqual("learned", span.GetTagItem("capibara6.routing.policy"));
    }

    [TestMethod]
    public void Options_WrongShadowOrTier_StopTheStartAndNameTheSetting()
    {
        var error = Assert.ThrowsExactly<OptionsValidationException>(() => RoutingHost.Route("Hi", new() { ["Routing:Shadow"] = "best", ["Routing:Tiers:400B"] = "2" }));
        Assert.Contains("Routing:Shadow", error.Message);
        Assert.Contains("Routing:Tiers:400B", error.Message);
    }

    [TestMethod]
    public void Route_HotPath_AllocatesLittle()
    {
        using var services = RoutingHost.Build();
        var router = services.GetRequiredService<IModelRouter>();
        var text = string.Concat(Enumerable.Repeat("For which of these scenarios is the character wrong? ", 40)) + "\nA. One\nB. Two\nAnswer:";
        for (var i = 0; i < 50; i++)
        {
            router.Route(QueryRequest.AutoModel, text, text.Length);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        const int Times = 100;
        for (var i = 0; i < Times; i++)
        {
            router.Route(QueryRequest.AutoModel, text, text.Length);
        }

        // The result and its reasons in words.
        Assert.IsLessThan(2_048, (GC.GetAllocatedBytesForCurrentThread() - before) / Times);
    }
}
