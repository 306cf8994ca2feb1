using System.Globalization;
using System.Text.RegularExpressions;

namespace Capibara6.Tests.Architecture;

/// <summary>
/// The one table of event ids is the sources themselves: each log class has a range of its own, and no id means two things in one system,
/// whatever runs in one process with whatever.
/// </summary>
[TestClass]
public sealed partial class EventIdTests
{
    private static readonly string[] s_services = ["Capibara6.Api/", "Capibara6.Core/", "Capibara6.GraphQL/", "Capibara6.ServiceDefaults/", "Capibara6.Worker/"];

    [TestMethod]
    public void EventIds_OfAllServices_MeanOneThingEach()
    {
        var uses = SourceFiles.All
            .Where(file => s_services.Any(service => file.StartsWith(service, StringComparison.Ordinal)))
            .SelectMany(file => EventId().Matches(File.ReadAllText(Path.Combine(Repository.Root, file))), (file, match) =>
                (File: file, Id: int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)))
            .ToArray();
        Assert.IsGreaterThan(50, uses.Length);
        string[] twice = [.. uses.GroupBy(use => use.Id).Where(same => same.Count() > 1).Select(same => $"{same.Key}: {string.Join(", ", same.Select(use => use.File))}")];
        Assert.IsEmpty(twice, string.Join(Environment.NewLine, twice));
    }

    [GeneratedRegex(@"EventId\s*=\s*(\d+)")]
    private static partial Regex EventId();
}
