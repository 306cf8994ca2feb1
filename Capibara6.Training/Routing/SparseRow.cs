using Capibara6.Core.Routing;

namespace Capibara6.Training.Routing;

/// <summary>The buckets that a text falls into, and a value for each.</summary>
internal sealed record SparseRow(int[] Buckets, double[] Values)
{
    /// <summary>Reads how often each bucket is met.</summary>
    public static SparseRow Read(string text)
    {
        var collector = new Collector([], []);
        HashedTerms.Visit(text, Spanish.Looks(text), ref collector);
        return new SparseRow([.. collector.Buckets], [.. collector.Counts]);
    }

    /// <summary>The same buckets weighted as <see cref="TextEstimator"/> does, of length one.</summary>
    public SparseRow Weigh(Func<int, double> rarity)
    {
        double[] values = [.. Buckets.Select((bucket, i) => TextEstimator.TermWeight((int)Values[i], rarity(bucket)))];
        var length = Math.Sqrt(values.Sum(value => value * value));
        return new SparseRow(Buckets, [.. values.Select(value => length == 0 ? 0 : value / length)]);
    }

    public double Dot(double[] weights)
    {
        var sum = 0.0;
        for (var i = 0; i < Buckets.Length; i++)
        {
            sum += weights[Buckets[i]] * Values[i];
        }

        return sum;
    }

    public void AddTo(double[] sums, double factor)
    {
        for (var i = 0; i < Buckets.Length; i++)
        {
            sums[Buckets[i]] += factor * Values[i];
        }
    }

    private readonly record struct Collector(List<int> Buckets, List<double> Counts) : ITermVisitor
    {
        public void Visit(int bucket, int count, int start, bool pair)
        {
            Buckets.Add(bucket);
            Counts.Add(count);
        }
    }
}
