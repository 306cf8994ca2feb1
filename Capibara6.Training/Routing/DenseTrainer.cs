using Capibara6.Core.Routing;

namespace Capibara6.Training.Routing;

/// <summary>Fits linear models over a few features, which are brought to equal spread first.</summary>
internal static class DenseTrainer
{
    private static readonly Calibration s_asIs = new(1, 0);

    /// <summary>Ridge regression.</summary>
    /// <param name="strength">Of the pull towards zero.</param>
    public static DenseEstimator FitGain(double[][] rows, double[] targets, double strength)
    {
        var (means, spreads) = Spread(rows);
        var n = means.Length;
        var mean = targets.Average();
        var (matrix, right) = (new double[n, n], new double[n]);
        for (var row = 0; row < rows.Length; row++)
        {
            AddTo(matrix, right, Standard(rows[row], means, spreads), 1, targets[row] - mean);
        }

        return Estimator(LinearSystem.Solve(WithPull(matrix, strength), right), means, spreads, mean);
    }

    /// <summary>Logistic regression by Newton's method; its score is the logarithm of the odds.</summary>
    public static DenseEstimator FitOdds(double[][] rows, bool[] targets, double strength)
    {
        const int Rounds = 25;
        var (means, spreads) = Spread(rows);
        var n = means.Length;
        double[][] standard = [.. rows.Select(row => Standard(row, means, spreads).Append(1).ToArray())];
        var weights = new double[n + 1];
        for (var round = 0; round < Rounds; round++)
        {
            var (matrix, right) = (new double[n + 1, n + 1], new double[n + 1]);
            for (var row = 0; row < rows.Length; row++)
            {
                var p = 1 / (1 + Math.Exp(-standard[row].Zip(weights, (x, w) => x * w).Sum()));
                AddTo(matrix, right, standard[row], Math.Max(p * (1 - p), 1e-9), ((targets[row] ? 1 : 0) - p) / Math.Max(p * (1 - p), 1e-9));
            }

            for (var i = 0; i < n; i++)
            {
                right[i] -= strength * weights[i];
            }

            var step = LinearSystem.Solve(WithPull(matrix, strength, n), right);
            weights = [.. weights.Zip(step, (w, s) => w + s)];
        }

        return Estimator(weights[..n], means, spreads, weights[n]);
    }

    /// <summary>Fits the logistic curve that turns scores into probabilities.</summary>
    public static Calibration FitCalibration(IReadOnlyList<double> scores, IReadOnlyList<bool> targets)
    {
        var fitted = FitOdds([.. scores.Select(score => new[] { score })], [.. targets], strength: 0.01);
        return new Calibration(fitted.Weights[0], fitted.Offset - (fitted.Means[0] * fitted.Weights[0]));
    }

    private static (double[] Means, double[] Spreads) Spread(double[][] rows)
    {
        var n = rows[0].Length;
        var (means, spreads) = (new double[n], new double[n]);
        for (var i = 0; i < n; i++)
        {
            means[i] = rows.Average(row => row[i]);
            spreads[i] = Math.Sqrt(rows.Average(row => (row[i] - means[i]) * (row[i] - means[i])));
        }

        return (means, spreads);
    }

    // A feature that never varies says nothing.
    private static double[] Standard(double[] row, double[] means, double[] spreads) =>
        [.. row.Select((value, i) => spreads[i] > 1e-9 ? (value - means[i]) / spreads[i] : 0)];

    private static void AddTo(double[,] matrix, double[] right, double[] row, double weight, double target)
    {
        for (var i = 0; i < row.Length; i++)
        {
            right[i] += weight * row[i] * target;
            for (var j = 0; j <= i; j++)
            {
                matrix[i, j] += weight * row[i] * row[j];
            }
        }
    }

    private static double[,] WithPull(double[,] matrix, double strength, int? count = null)
    {
        for (var i = 0; i < (count ?? matrix.GetLength(0)); i++)
        {
            matrix[i, i] += strength;
        }

        return matrix;
    }

    private static DenseEstimator Estimator(double[] weights, double[] means, double[] spreads, double offset) => new(
        [.. means.Select(Short)], [.. weights.Select((weight, i) => spreads[i] > 1e-9 ? Short(weight / spreads[i]) : 0)], Short(offset), s_asIs);

    // Seven digits are plenty, and keep the file and its changes small.
    private static double Short(double value) => value == 0 ? 0 : double.Parse(value.ToString("G7", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
}
