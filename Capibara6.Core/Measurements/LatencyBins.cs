namespace Capibara6.Core.Measurements;

/// <summary>
/// Latencies as counts in bins whose bounds grow by 3 %: two histograms are merged by adding their counts, and a percentile is read off with
/// an error of at most 1.5 %, whatever the distribution.
/// </summary>
internal static class LatencyBins
{
    /// <summary>Upper bound of a bin over that of the one below.</summary>
    public const double Growth = 1.03;

    // Shorter ones are all the same.
    private const double ShortestMs = 0.001;

    private static readonly double s_log = Math.Log(Growth);

    /// <summary>The bin of a latency in milliseconds; negative below 1 ms.</summary>
    public static short Of(double milliseconds) => (short)Math.Ceiling(Math.Log(Math.Max(milliseconds, ShortestMs)) / s_log);

    /// <summary>The latency in milliseconds that is as far from the bin's lower bound as from its upper, in relation to each.</summary>
    public static double Middle(int bin) => 2 * Math.Pow(Growth, bin) / (Growth + 1);
}
