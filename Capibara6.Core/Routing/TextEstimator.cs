namespace Capibara6.Core.Routing;

/// <summary>
/// A linear model over hashed words, signs and pairs of them, weighted by how rare they are (tf-idf, of length one). It
/// estimates how many right answers the larger model adds, -1 to 1.
/// </summary>
/// <param name="Weights">A signed byte for each bucket, in units of <paramref name="WeightUnit"/>.</param>
/// <param name="Rarities">Inverse document frequency of each bucket, in units of <paramref name="RarityUnit"/>.</param>
internal sealed record TextEstimator(byte[] Weights, double WeightUnit, byte[] Rarities, double RarityUnit, double Offset, Calibration Calibration)
{
    public double Score(ReadOnlySpan<char> text, bool isSpanish, ref RoutingMarks marks)
    {
        var sum = new Sum(this, ref marks);
        HashedTerms.Visit(text, isSpanish, ref sum);
        return Offset + (sum.Square == 0 ? 0 : sum.Product / Math.Sqrt(sum.Square));
    }

    /// <summary>Weight of a bucket that a text falls into <paramref name="count"/> times, before the length is made one.</summary>
    public static double TermWeight(int count, double rarity) => (1 + Math.Log(count)) * rarity;

    private ref struct Sum(TextEstimator model, ref RoutingMarks marks) : ITermVisitor
    {
        private readonly ref RoutingMarks _marks = ref marks;

        public double Product { get; private set; }

        public double Square { get; private set; }

        public void Visit(int bucket, int count, int start, bool pair)
        {
            var value = TermWeight(count, model.Rarities[bucket] * model.RarityUnit);
            var part = value * (sbyte)model.Weights[bucket] * model.WeightUnit;
            Product += part;
            Square += value * value;
            if (!pair)
            {
                _marks.Add(start, part);
            }
        }
    }
}
