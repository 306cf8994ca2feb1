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
        ["Capibara6.Dashboard"] = [],
        ["Capibara6.ModelEmulator"] = [],
        ["Capibara6.Api"] = ["Capibara6.Core", "Capibara6.ServiceDefaults"],
        ["Capibara6.GraphQL"] = ["Capibara6.Core", "Capibara6.ServiceDefaults"],
        ["Capibara6.Worker"] = ["Capibara6.Core", "Capibara6.ServiceDefaults"],
        ["Capibara6.AppHost"] = ["Capibara6.Hosting"],
    };

    public static IEnumerable<string> Projects => s_allowed.Keys;

    [TestMethod]
    [DynamicData(nameof(Projects))]
    public void Project_ReferencesInCode_AreThoseOfTheDesign(string project)
    {
        var file = Path.Combine(Repository.Root, project, project + ".csproj");
        if (!File.Exists(file))
        {
            Assert.AreEqual("Capibara6.Dashboard", project, "only the dashboard may still be missing");
            return;
        }

        string[] references =
        [
            .. XDocument.Load(file).Descendants("ProjectReference")
                .Where(reference => reference.Attribute("ReferenceOutputAssembly")?.Value != "false")
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
