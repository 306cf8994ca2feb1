using Capibara6.Core.Routing;

namespace Capibara6.Training.Routing;

/// <summary>Makes a router's model from rows: an estimator for each kind of prompt, calibrated on rows that it was not fitted to.</summary>
internal sealed class RouterTrainer(int seed)
{
    private const int Parts = 5;
    private const double WordProblemPull = 1_000;
    private const double OpenRequestPull = 4;

    private readonly Dictionary<string, SparseRow> _terms = new(StringComparer.Ordinal);

    /// <summary>Parts the rows evenly, by chance; rows of each set are spread over all parts.</summary>
    public static int[] Split(RoutingRow[] rows, int parts, int seed)
    {
        var random = new Random(seed);
        var part = new int[rows.Length];
        foreach (var set in Enumerable.Range(0, rows.Length).GroupBy(i => rows[i].Set, StringComparer.Ordinal).OrderBy(set => set.Key, StringComparer.Ordinal))
        {
            int[] order = [.. set];
            random.Shuffle(order);
            for (var i = 0; i < order.Length; i++)
            {
                part[order[i]] = i % parts;
            }
        }

        return part;
    }

    /// <param name="rows">Of all kinds.</param>
    /// <returns>A model without tables of shares: those need rows that the model never saw.</returns>
    /// <remarks>Open requests are few and clear-cut: calibrated on them, the estimator would be surer than it has reason to be.</remarks>
    public RouterModel Train(RoutingRow[] rows)
    {
        var parts = Split(rows, Parts, seed + 1);
        var held = new double[rows.Length];
        for (var part = 0; part < Parts; part++)
        {
            var fitted = Fit([.. rows.Where((_, i) => parts[i] != part)]);
            for (var i = 0; i < rows.Length; i++)
            {
                held[i] = parts[i] == part ? Score(fitted, rows[i]) : held[i];
            }
        }

        var model = Fit(rows);
        return model with
        {
            ChoiceQuestion = model.ChoiceQuestion with { Calibration = Calibrate(PromptKind.ChoiceQuestion) },
            WordProblem = model.WordProblem with { Calibration = Calibrate(PromptKind.WordProblem) },
            Rules = DenseTrainer.FitCalibration([.. rows.Select(Complexity)], [.. rows.Select(row => row.Needed)]),
        };

        Calibration Calibrate(PromptKind kind)
        {
            int[] own = [.. Enumerable.Range(0, rows.Length).Where(i => rows[i].Kind == kind)];
            return DenseTrainer.FitCalibration([.. own.Select(i => held[i])], [.. own.Select(i => rows[i].Needed)]);
        }
    }

    public static double Complexity(RoutingRow row) => ComplexityScore.Of(FeatureReader.Read(row.Prompt));

    private static double Score(RouterModel model, RoutingRow row)
    {
        var marks = default(RoutingMarks);
        return row.Kind switch
        {
            PromptKind.ChoiceQuestion => model.ChoiceQuestion.Score(row.Prompt, row.IsSpanish, ref marks),
            PromptKind.WordProblem => model.WordProblem.Score(WordProblem(row), WordProblemFeatures.Names, ref marks),
            _ => model.OpenRequest.Score(OpenRequest(row), OpenRequestFeatures.Names, ref marks),
        };
    }

    private RouterModel Fit(RoutingRow[] rows)
    {
        RoutingRow[] choices = [.. rows.Where(row => row.Kind == PromptKind.ChoiceQuestion)];
        RoutingRow[] problems = [.. rows.Where(row => row.Kind == PromptKind.WordProblem)];
        RoutingRow[] open = [.. rows.Where(row => row.Kind == PromptKind.OpenRequest && row.Set == "open")];
        return new RouterModel
        {
            Seed = seed,
            Rows = rows.Length,
            ChoiceQuestion = TextTrainer.Fit([.. choices.Select(Terms)], [.. choices.Select(row => row.Gain)]),
            WordProblem = DenseTrainer.FitGain([.. problems.Select(WordProblem)], [.. problems.Select(row => row.Gain)], WordProblemPull),
            OpenRequest = DenseTrainer.FitOdds([.. open.Select(OpenRequest)], [.. open.Select(row => row.Needed)], OpenRequestPull),
            Rules = new Calibration(1, 0),
            LearnedShares = [],
            RulesShares = [],
        };
    }

    private SparseRow Terms(RoutingRow row) => _terms.TryGetValue(row.Prompt, out var terms) ? terms : _terms[row.Prompt] = SparseRow.Read(row.Prompt);

    private static double[] WordProblem(RoutingRow row)
    {
        var values = new double[WordProblemFeatures.Count];
        WordProblemFeatures.Read(row.Prompt, row.IsSpanish, values);
        return values;
    }

    private static double[] OpenRequest(RoutingRow row)
    {
        var values = new double[OpenRequestFeatures.Count];
        OpenRequestFeatures.Read(FeatureReader.Read(row.Prompt), values);
        return values;
    }
}
