using System.Text.Json;
using System.Text.Json.Serialization;

namespace Capibara6.Core.Routing;

/// <summary>What the learned router knows: RouterModel.json, written by the training command (docs/benchmarks.md, Routing).</summary>
internal sealed record RouterModel
{
    public required int Seed { get; init; }

    /// <summary>Rows and requests that it was trained on.</summary>
    public required int Rows { get; init; }

    public required TextEstimator ChoiceQuestion { get; init; }

    public required DenseEstimator WordProblem { get; init; }

    public required DenseEstimator OpenRequest { get; init; }

    /// <summary>Probability that the larger model is needed, from the rules' complexity.</summary>
    public required Calibration Rules { get; init; }

    /// <summary>The probability that n percent of the reference questions reach, for n from 0 to 100.</summary>
    public required double[] LearnedShares { get; init; }

    /// <summary>The same for the probabilities of the rules.</summary>
    public required double[] RulesShares { get; init; }

    public static RouterModel Load()
    {
        using var stream = typeof(RouterModel).Assembly.GetManifestResourceStream("Capibara6.Core.Routing.RouterModel.json")!;
        return JsonSerializer.Deserialize(stream, RouterModelJson.Default.RouterModel)!;
    }

    /// <summary>Estimates the probability that the larger model is needed: that it is right where the smaller one is wrong.</summary>
    public double Needed(ReadOnlySpan<char> text, in TextFeatures features, ref RoutingMarks marks)
    {
        switch (PromptKinds.Of(text, features.IsSpanish))
        {
            case PromptKind.ChoiceQuestion:
                return ChoiceQuestion.Calibration.Of(ChoiceQuestion.Score(text, features.IsSpanish, ref marks));
            case PromptKind.WordProblem:
                Span<double> measures = stackalloc double[WordProblemFeatures.Count];
                WordProblemFeatures.Read(text, features.IsSpanish, measures);
                return WordProblem.Calibration.Of(WordProblem.Score(measures, WordProblemFeatures.Names, ref marks));
            default:
                Span<double> counts = stackalloc double[OpenRequestFeatures.Count];
                OpenRequestFeatures.Read(features, counts);
                return OpenRequest.Calibration.Of(OpenRequest.Score(counts, OpenRequestFeatures.Names, ref marks));
        }
    }

    /// <summary>The probability that a share of the reference questions reaches; none reaches it for 0, all for 1.</summary>
    public static double ThresholdFor(double share, double[] shares)
    {
        if (share is <= 0 or >= 1)
        {
            return share <= 0 ? double.PositiveInfinity : 0;
        }

        var place = share * (shares.Length - 1);
        var below = Math.Min((int)place, shares.Length - 2);
        return shares[below] + ((shares[below + 1] - shares[below]) * (place - below));
    }
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(RouterModel))]
internal sealed partial class RouterModelJson : JsonSerializerContext;
