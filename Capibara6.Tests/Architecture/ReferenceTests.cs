using System.Xml.Linq;

namespace Capibara6.Tests.Architecture;

/// <summary>Who may reference whom: read off the project files, not from memory.</summary>
[TestClass]
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new(StringComparer.Ordinal)
    {
        ["Capibara6.ServiceDefaults"] = [],
        ["Capibara6.Core"] = [],
        ["Capibara6.Hosting"] = [],
        ["Capibara6.ModelEmulator"] = [],
        ["Capibara6.Api"] = ["Capibara6.Core", "Capibara6.ServiceDefaults"],
        ["Capibara6.GraphQL"] = ["Capibara6.Core", "Capibara6.ServiceDefaults"],
        ["Capibara6.Worker"] = ["Capibara6.Core", "Capibara6.ServiceDefaults"],
        ["Capibara6.AppHost"] = ["Capibara6.Hosting"],
        ["Capibara6.Training"] = ["Capibara6.Core"],
    };

    public static IEnumerable<string> Projects => s_allowed.Keys;

    [TestMethod]
    [DynamicData(nameof(Projects))]
    public void Project_ReferencesInCode_AreThoseOfTheDesign(string project)
    {
        var file = Path.Combine(Repository.Root, project, project + ".csproj");
        var document = XDocument.Load(file);
        // Aspire's SDK makes a resource of every reference that doesn't say otherwise.
        var isAppHost = document.Root!.Attribute("Sdk")!.Value.StartsWith("Aspire.AppHost.Sdk/", StringComparison.Ordinal);
        string[] references =
        [
            .. document.Descendants("ProjectReference")
                .Where(reference => !isAppHost || reference.Attribute("IsAspireProjectResource")?.Value == "false")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
                .Order(StringComparer.Ordinal),
        ];
        CollectionAssert.AreEqual(s_allowed[project], references);
    }

    [TestMethod]
    public void Core_Framework_IsNotAspNetCore()
    {
        var core = XDocument.Load(Path.Combine(Repository.Root, "Capibara6.Core", "Capibara6.Core.csproj"));
        Assert.AreEqual("Microsoft.NET.Sdk", core.Root!.Attribute("Sdk")!.Value);
        Assert.IsFalse(core.Descendants("FrameworkReference").Any());
    }
}
