using System.Text.Json;
using Capibara6.Core.Routing;

namespace Capibara6.Training.Routing;

/// <summary>A question and which of two models answered it rightly, or an open request and a judgement of whether it needs the larger one.</summary>
/// <param name="Set">The benchmark, such as <c>mmlu</c>; <c>open</c> for the requests written for this repository.</param>
internal sealed record RoutingRow(string Set, string Prompt, bool Weak, bool Strong)
{
    public bool IsSpanish { get; } = Spanish.Looks(Prompt);

    public PromptKind Kind { get; } = PromptKinds.Of(Prompt, Spanish.Looks(Prompt));

    /// <summary>The larger model is right where the smaller one is wrong.</summary>
    public bool Needed => Strong && !Weak;

    /// <summary>Right answers that the larger model adds: -1, 0 or 1.</summary>
    public double Gain => (Strong ? 1 : 0) - (Weak ? 1 : 0);

    /// <summary>Reads rows of <c>set</c>, <c>prompt</c>, <c>weak</c> and <c>strong</c>, one JSON object a line.</summary>
    public static RoutingRow[] Read(string file) => [.. File.ReadLines(file).Where(line => line.Length > 0).Select(ParseAnswered)];

    /// <summary>Reads rows of <c>prompt</c>, <c>needed</c> and where wanted <c>repeat</c>.</summary>
    public static RoutingRow[] ReadOpen(string file) => [.. File.ReadLines(file).Where(line => line.Length > 0).Select(ParseOpen)];

    private static RoutingRow ParseAnswered(string line)
    {
        using var row = JsonDocument.Parse(line);
        return new RoutingRow(
            row.RootElement.GetProperty("set").GetString()!.Split('/')[0],
            row.RootElement.GetProperty("prompt").GetString()!,
            row.RootElement.GetProperty("weak").GetBoolean(),
            row.RootElement.GetProperty("strong").GetBoolean());
    }

    private static RoutingRow ParseOpen(string line)
    {
        using var row = JsonDocument.Parse(line);
        var text = row.RootElement.GetProperty("prompt").GetString()!;
        var times = row.RootElement.TryGetProperty("repeat", out var repeat) ? repeat.GetInt32() : 1;
        return new RoutingRow("open", string.Concat(Enumerable.Repeat(text, times)), Weak: !row.RootElement.GetProperty("needed").GetBoolean(), Strong: true);
    }
}
