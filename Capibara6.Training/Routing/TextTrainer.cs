using Capibara6.Core.Routing;

namespace Capibara6.Training.Routing;

/// <summary>Ridge regression of the gain over hashed terms (tf-idf), by conjugate gradients, kept as bytes.</summary>
internal static class TextTrainer
{
    private const double Pull = 10;
    private const int Rounds = 60;

    public static TextEstimator Fit(SparseRow[] rows, double[] targets)
    {
        var rarities = Rarities(rows);
        var (raritiesAsBytes, rarityUnit) = Quantize(rarities, byte.MaxValue);
        SparseRow[] weighted = [.. rows.Select(row => row.Weigh(bucket => raritiesAsBytes[bucket] * rarityUnit))];
        var mean = targets.Average();
        var means = new double[HashedTerms.Buckets];
        foreach (var row in weighted)
        {
            row.AddTo(means, 1.0 / rows.Length);
        }

        var weights = Solve(weighted, means, [.. targets.Select(target => target - mean)]);
        var (bytes, unit) = Quantize(weights, sbyte.MaxValue);
        return new TextEstimator(
            [.. bytes.Select(value => unchecked((byte)(sbyte)value))], unit, [.. raritiesAsBytes.Select(value => (byte)value)], rarityUnit,
            mean - Dot(means, weights), new Calibration(1, 0));
    }

    // Least squares with centred features: (X'X - n mm' + pull) w = X't.
    private static double[] Solve(SparseRow[] rows, double[] means, double[] targets)
    {
        var weights = new double[HashedTerms.Buckets];
        var residual = new double[HashedTerms.Buckets];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i].AddTo(residual, targets[i]);
        }

        var direction = (double[])residual.Clone();
        var square = Dot(residual, residual);
        for (var round = 0; round < Rounds && square > 1e-12; round++)
        {
            var image = Apply(rows, means, direction);
            var step = square / Dot(direction, image);
            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] += step * direction[i];
                residual[i] -= step * image[i];
            }

            var next = Dot(residual, residual);
            for (var i = 0; i < weights.Length; i++)
            {
                direction[i] = residual[i] + (next / square * direction[i]);
            }

            square = next;
        }

        return weights;
    }

    private static double[] Apply(SparseRow[] rows, double[] means, double[] direction)
    {
        var image = new double[direction.Length];
        var centre = Dot(means, direction);
        foreach (var row in rows)
        {
            row.AddTo(image, row.Dot(direction));
        }

        for (var i = 0; i < image.Length; i++)
        {
            image[i] += (Pull * direction[i]) - (rows.Length * centre * means[i]);
        }

        return image;
    }

    private static double[] Rarities(SparseRow[] rows)
    {
        var met = new int[HashedTerms.Buckets];
        foreach (var row in rows)
        {
            foreach (var bucket in row.Buckets)
            {
                met[bucket]++;
            }
        }

        // What was met once can't be learned from; the weight it would take is better left to the rest.
        return [.. met.Select(count => count < 2 ? 0 : 1 + Math.Log((1.0 + rows.Length) / (1 + count)))];
    }

    private static (int[] Values, double Unit) Quantize(double[] values, int largest)
    {
        var unit = Math.Max(values.Max(Math.Abs), 1e-12) / largest;
        unit = double.Parse(unit.ToString("G7", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
        return ([.. values.Select(value => Math.Clamp((int)Math.Round(value / unit), -largest, largest))], unit);
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
