namespace Capibara6.Core.Routing;

/// <summary>Turns a score into a probability by a logistic curve, which keeps the order of scores (Platt).</summary>
internal sealed record Calibration(double Slope, double Offset)
{
    public double Of(double score) => 1 / (1 + Math.Exp(-((Slope * score) + Offset)));
}
