using Capibara6.Core.Routing;

namespace Capibara6.Training.Routing;

/// <summary>What the router says of rows that its training never saw.</summary>
/// <param name="Rows">The rows judged.</param>
/// <param name="Learned">Probability that the larger model is needed, by the learned policy.</param>
/// <param name="Rules">The same by the rules.</param>
internal sealed record CrossValidation(RoutingRow[] Rows, double[] Learned, double[] Rules)
{
    /// <summary>Trains on all parts but one and judges that one, for each.</summary>
    /// <param name="parts">2 or more.</param>
    public static CrossValidation Run(RoutingRow[] rows, int parts, int seed)
    {
        var part = RouterTrainer.Split(rows, parts, seed);
        var (learned, rules) = (new double[rows.Length], new double[rows.Length]);
        for (var held = 0; held < parts; held++)
        {
            var model = new RouterTrainer(seed).Train([.. rows.Where((_, i) => part[i] != held)]);
            for (var i = 0; i < rows.Length; i++)
            {
                if (part[i] == held)
                {
                    var marks = default(RoutingMarks);
                    learned[i] = model.Needed(rows[i].Prompt, FeatureReader.Read(rows[i].Prompt), ref marks);
                    rules[i] = model.Rules.Of(RouterTrainer.Complexity(rows[i]));
                }
            }
        }

        return new CrossValidation(rows, learned, rules);
    }

    public CrossValidation Of(string set)
    {
        int[] own = [.. Enumerable.Range(0, Rows.Length).Where(i => Rows[i].Set == set)];
        return new([.. own.Select(i => Rows[i])], [.. own.Select(i => Learned[i])], [.. own.Select(i => Rules[i])]);
    }

    public string[] Sets => [.. Rows.Select(row => row.Set).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The probability that n percent of the rows reach, for n from 0 to 100; every set counts as much as every other.</summary>
    public double[] Shares(Func<CrossValidation, double[]> wish)
    {
        (double Value, double Weight)[] values =
        [
            .. Sets.SelectMany(set =>
            {
                var own = wish(Of(set));
                return own.Select(value => (value, 1.0 / own.Length));
            }).OrderByDescending(pair => pair.Item1),
        ];
        var (shares, total, next) = (new double[101], values.Sum(pair => pair.Weight), 0.0);
        var at = 0;
        for (var percent = 0; percent <= 100; percent++)
        {
            while (at < values.Length - 1 && next + values[at].Weight < total * percent / 100)
            {
                next += values[at++].Weight;
            }

            shares[percent] = Math.Round(values[at].Value, 6);
        }

        return shares;
    }

    /// <summary>Ten bins of as many rows each: the mean of what was said and the share in which it was so.</summary>
    public IReadOnlyList<(double Said, double Was)> Reliability()
    {
        const int Bins = 10;
        int[] order = [.. Enumerable.Range(0, Rows.Length).OrderBy(i => Learned[i])];
        return [.. order.Chunk((order.Length + Bins - 1) / Bins).Select(bin => (bin.Average(i => Learned[i]), bin.Average(i => Rows[i].Needed ? 1.0 : 0)))];
    }

    /// <summary>Mean distance between what was said and what was, over the bins of <see cref="Reliability"/>.</summary>
    public double CalibrationError() => Reliability().Average(bin => Math.Abs(bin.Said - bin.Was));
}
