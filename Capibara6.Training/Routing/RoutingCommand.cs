using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Capibara6.Core.Routing;
using Capibara6.Training.Charts;

namespace Capibara6.Training.Routing;

/// <summary>Trains the router, judges it on rows that it did not see, and writes its model and the charts of docs/benchmarks.md.</summary>
internal static class RoutingCommand
{
    private const int Parts = 5;
    private const int CurvePoints = 100;

    // What one split says is partly luck.
    private const int FurtherRuns = 2;

    public static int Run(string data, string[] options)
    {
        var seed = int.Parse(Option("--seed") ?? "20", CultureInfo.InvariantCulture);
        var root = Option("--root") ?? Directory.GetCurrentDirectory();
        RoutingRow[] rows =
        [
            .. RoutingRow.Read(data),
            .. RoutingRow.ReadOpen(Path.Combine(AppContext.BaseDirectory, "Routing", "open-requests.jsonl")),
        ];

        var judged = CrossValidation.Run(rows, Parts, seed);
        Tell($"{Parts}-fold cross-validation, seed {seed}", judged);
        for (var other = seed + 1; other <= seed + FurtherRuns; other++)
        {
            Tell($"{Parts}-fold cross-validation, seed {other}", CrossValidation.Run(rows, Parts, other));
        }

        Tell("trained on one half, judged on the other", CrossValidation.Run(rows, 2, seed));

        var model = new RouterTrainer(seed).Train(rows) with { LearnedShares = judged.Shares(run => run.Learned), RulesShares = judged.Shares(run => run.Rules) };
        var file = Path.Combine(root, "Capibara6.Core", "Routing", "RouterModel.json");
        File.WriteAllText(file, JsonSerializer.Serialize(model, RouterModelJson.Default.RouterModel).ReplaceLineEndings("\n") + "\n");
        Console.WriteLine($"wrote {file} ({new FileInfo(file).Length / 1024} KiB), trained on {rows.Length} rows, seed {seed}");

        var images = Directory.CreateDirectory(Path.Combine(root, "docs", "images")).FullName;
        Curves(judged).Save(Path.Combine(images, "routing-curve.svg"));
        ReliabilityChart(judged).Save(Path.Combine(images, "routing-reliability.svg"));
        TellTime(model, rows);
        return 0;

        string? Option(string name) => Array.IndexOf(options, name) is >= 0 and var at && at + 1 < options.Length ? options[at + 1] : null;
    }

    private static void Tell(string how, CrossValidation judged)
    {
        Console.WriteLine(how);
        foreach (var set in judged.Sets)
        {
            var own = judged.Of(set);
            var (learned, rules) = (Apgr.Of(Apgr.Curve(own.Rows, own.Learned)), Apgr.Of(Apgr.Curve(own.Rows, own.Rules)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {set,-6} {own.Rows.Length,5} rows  APGR learned {learned:0.000}  rules {rules:0.000}  calibration error {own.CalibrationError():0.000}"));
        }
    }

    private static void TellTime(RouterModel model, RoutingRow[] rows)
    {
        double[] times =
        [
            .. rows.Concat(rows).Select(row =>
            {
                var from = Stopwatch.GetTimestamp();
                var marks = default(RoutingMarks);
                _ = model.Needed(row.Prompt, FeatureReader.Read(row.Prompt), ref marks);
                return Stopwatch.GetElapsedTime(from).TotalMicroseconds;
            }).Skip(rows.Length).Order(),
        ];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"one estimate takes {times[times.Length / 2]:0} microseconds at the median, {times[times.Length * 99 / 100]:0} at p99"));
    }

    private static LineChart Curves(CrossValidation judged)
    {
        var chart = new LineChart("Routing: what a share of strong calls buys", "share of calls to the stronger model", "share of the gap in accuracy closed", (0, 1), (0, 1.2));
        foreach (var set in judged.Sets.Where(set => set != "open"))
        {
            var own = judged.Of(set);
            chart.Add($"{set}, learned", Recovered(Apgr.Curve(own.Rows, own.Learned)));
            chart.Add($"{set}, rules", Recovered(Apgr.Curve(own.Rows, own.Rules)), isDashed: true);
        }

        return chart.Add("by chance", [(0, 0), (1, 1)], isDashed: true);
    }

    private static (double X, double Y)[] Recovered(double[] curve) =>
    [
        .. Enumerable.Range(0, CurvePoints + 1).Select(point =>
        {
            var at = point * (curve.Length - 1) / CurvePoints;
            return ((double)point / CurvePoints, (curve[at] - curve[0]) / (curve[^1] - curve[0]));
        }),
    ];

    private static LineChart ReliabilityChart(CrossValidation judged)
    {
        var chart = new LineChart("Confidence: what is said and what is so", "probability said that the larger model is needed", "share in which it was needed", (0, 0.5), (0, 0.5));
        foreach (var set in judged.Sets.Where(set => set != "open"))
        {
            chart.Add(set, judged.Of(set).Reliability());
        }

        return chart.Add("perfect", [(0, 0), (0.5, 0.5)], isDashed: true);
    }
}
