namespace Capibara6.Core.Routing;

/// <summary>A linear model over a few measured features.</summary>
/// <param name="Weights">For each feature less its mean.</param>
internal sealed record DenseEstimator(double[] Means, double[] Weights, double Offset, Calibration Calibration)
{
    public double Score(ReadOnlySpan<double> features, string[] names, ref RoutingMarks marks)
    {
        var sum = Offset;
        for (var i = 0; i < features.Length; i++)
        {
            var part = (features[i] - Means[i]) * Weights[i];
            marks.Add(names[i], part, isLacking: features[i] == 0);
            sum += part;
        }

        return sum;
    }
}
