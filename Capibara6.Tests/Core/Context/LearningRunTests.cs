using System.Globalization;
using System.Text.Json.Nodes;
using Capibara6.Training.Charts;

namespace Capibara6.Tests.Core.Context;

/// <summary>
/// Five hundred questions about eight things that the model does not know, and a judge that does and errs one time in ten:
/// answers improve, and then hold. docs/benchmarks.md shows the curve.
/// </summary>
[TestClass]
public sealed class LearningRunTests
{
    private const int Questions = 500;
    private const int Window = 50;
    private const string ChartSwitch = "CAPIBARA6_WRITE_LEARNING_CURVE";

    private static readonly string[] s_things = ["zimbel", "quarl", "frondle", "mubbin", "tresk", "ploover", "gandric", "wexel"];
    private static readonly string[] s_ways = ["fork", "lamp", "rope", "sieve", "bell", "mirror", "wheel", "salt"];

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Run_FiveHundredQuestions_ImprovesAndHolds()
    {
        await using var fixture = await PlaybookFixture.StartAsync(Token, new() { ["Ace:SampleShare"] = "0.1" });
        var random = new Random(14);
        fixture.Answer = messages => WayIn(messages[^1]!["content"]!.GetValue<string>()) ?? s_ways[random.Next(s_ways.Length)];
        fixture.Judge = shown => Judge(shown, random);

        var right = new bool[Questions];
        for (var i = 0; i < Questions; i++)
        {
            var thing = random.Next(s_things.Length);
            var answer = await fixture.AskAsync(string.Create(CultureInfo.InvariantCulture, $"With what is a {s_things[thing]} calibrated? Case {i}."), Token);
            right[i] = answer.Result == s_ways[thing];
            while (await fixture.Reflector.ReflectAsync(Token))
            {
                // All that waits.
            }
        }

        double[] shares = [.. right.Chunk(Window).Select(window => window.Count(isRight => isRight) / (double)Window)];
        WriteChart(shares);
        Assert.IsLessThan(0.6, shares[0], Describe(shares));
        Assert.IsGreaterThan(0.7, shares[^3..].Average(), Describe(shares));
        Assert.IsTrue(shares[6..].All(share => share > 0.5), Describe(shares));
    }

    // A model that believes the first note about what it is asked for.
    private static string? WayIn(string told)
    {
        var question = told[told.LastIndexOf("With what", StringComparison.Ordinal)..];
        var thing = s_things.Single(question.Contains);
        var note = told[..^question.Length].Split("\\n").FirstOrDefault(line => line.Contains(thing, StringComparison.Ordinal));
        return note is null ? null : s_ways.FirstOrDefault(note.Contains);
    }

    private static object Judge(JsonNode shown, Random random)
    {
        var thing = Array.FindIndex(s_things, shown["question"]!.GetValue<string>().Contains);
        var errs = random.NextDouble() < 0.1;
        var way = s_ways[errs ? random.Next(s_ways.Length) : thing];
        var notes = shown["bullets"]!.AsArray()
            .Where(bullet => bullet!["text"]!.GetValue<string>().Contains(s_things[thing], StringComparison.Ordinal)).ToList();
        return new
        {
            verdict = shown["answer"]!.GetValue<string>() == way ? "right" : "wrong",
            helpful = Numbers(says: true),
            harmful = Numbers(says: false),
            lessons = new[] { $"Any {s_things[thing]}, whatever its make or age, is best calibrated using a {way}." },
        };

        int[] Numbers(bool says) =>
            [.. notes.Where(note => note!["text"]!.GetValue<string>().Contains(way, StringComparison.Ordinal) == says).Select(note => note!["number"]!.GetValue<int>())];
    }

    private static string Describe(double[] shares) => string.Join(' ', shares.Select(share => share.ToString("0.00", CultureInfo.InvariantCulture)));

    private static void WriteChart(double[] shares)
    {
        if (Environment.GetEnvironmentVariable(ChartSwitch) != "1")
        {
            return;
        }

        new LineChart("Playbooks: right answers over 500 questions", "questions asked", "share of right answers in the last fifty", (0, Questions), (0, 1))
            .Add("a tenth of the answers judged", [.. shares.Select((share, i) => ((double)(i + 1) * Window, share))])
            .Add("without playbooks", [(0, 1.0 / s_ways.Length), (Questions, 1.0 / s_ways.Length)], isDashed: true)
            .Save(Path.Combine(Repository.Root, "docs", "images", "learning-curve.svg"));
    }
}
