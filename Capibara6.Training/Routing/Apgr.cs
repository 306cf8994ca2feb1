namespace Capibara6.Training.Routing;

/// <summary>How a router is judged (RouteLLM, arXiv 2406.18665): accuracy against the share of calls that go to the stronger model.</summary>
internal static class Apgr
{
    /// <summary>Accuracy when the n questions with the highest wish go to the stronger model, for each n.</summary>
    public static double[] Curve(RoutingRow[] rows, double[] wish)
    {
        int[] order = [.. Enumerable.Range(0, rows.Length)];
        // A stable order: equal wishes keep their rows' order.
        order = [.. order.OrderByDescending(i => wish[i])];
        var right = rows.Count(row => row.Weak);
        var curve = new double[rows.Length + 1];
        curve[0] = (double)right / rows.Length;
        for (var n = 0; n < order.Length; n++)
        {
            right += (int)rows[order[n]].Gain;
            curve[n + 1] = (double)right / rows.Length;
        }

        return curve;
    }

    /// <summary>Area between the curve and the weaker model's accuracy, over that between the two models': 0.5 by chance.</summary>
    public static double Of(double[] curve)
    {
        var (weak, strong, n) = (curve[0], curve[^1], curve.Length - 1);
        var area = 0.0;
        for (var i = 0; i < n; i++)
        {
            area += ((curve[i] + curve[i + 1]) / 2) - weak;
        }

        return area / n / (strong - weak);
    }
}
