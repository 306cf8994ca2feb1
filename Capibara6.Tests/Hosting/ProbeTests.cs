using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Capibara6.Tests.Hosting;

/// <summary>
/// Programs written for Aspire compile unchanged, and publish the manifest that Aspire published for them. The files in Probe/ were
/// checked with Aspire.Hosting 13.6.
/// </summary>
[TestClass]
[TestCategory("Slow")]
public sealed partial class ProbeTests
{
    private const string WebProject = """
        <Project Sdk="Microsoft.NET.Sdk.Web">
          <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
        </Project>
        """;

    private static readonly string s_probe = Path.Combine(Repository.Root, "Capibara6.Tests", "Hosting", "Probe");
    private static readonly string[] s_services = ["Probe.Api", "Probe.GraphQL", "Probe.Worker"];

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Probe_BuiltAndPublished_EqualsWhatAspirePublished()
    {
        using var folder = new TemporaryFolder();
        WriteProjects(folder);
        var token = TestContext.CancellationToken;
        // Quiet about workers that outlive the build: none is left behind.
        var build = await ProgramRun.ExecuteAsync(
            "dotnet", ["build", "ProbeApp/ProbeApp.csproj", "-v", "q", "-nodeReuse:false", "-p:UseSharedCompilation=false"], folder.Path, token);
        Assert.AreEqual(0, build.ExitCode, build.Output);
        var publish = await ProgramRun.ExecuteAsync(
            "dotnet", ["bin/Debug/net10.0/ProbeApp.dll", "--publisher", "manifest", "--output-path", "out.json"], folder.File("ProbeApp"), token);
        Assert.AreEqual(0, publish.ExitCode, publish.Output + publish.Error);

        var expected = await ReadAsync(Path.Combine(s_probe, "manifest.json"), token);
        var published = await ReadAsync(folder.File("ProbeApp/out.json"), token);
        CollectionAssert.AreEqual(Names(expected), Names(published));
        foreach (var (name, resource) in expected["resources"]!.AsObject())
        {
            Assert.IsTrue(JsonNode.DeepEquals(resource, published["resources"]![name]), $"{name}: {published["resources"]![name]}");
        }
    }

    private static void WriteProjects(TemporaryFolder folder)
    {
        foreach (var name in s_services)
        {
            folder.Write($"{name}/{name}.csproj", WebProject);
            folder.Write($"{name}/Program.cs", "WebApplication.CreateBuilder(args).Build().Run();");
        }

        foreach (var file in Directory.EnumerateFiles(s_probe))
        {
            folder.Write($"ProbeApp/{Path.GetFileName(file)}", File.ReadAllText(file));
        }

        var build = Path.Combine(Repository.Root, "Capibara6.Hosting", "build");
        folder.Write("ProbeApp/Directory.Build.props", $"""
            <Project>
              <Import Project="{build}/Capibara6.Hosting.props" />
              <PropertyGroup><ImplicitUsings>enable</ImplicitUsings><TreatWarningsAsErrors>true</TreatWarningsAsErrors></PropertyGroup>
            </Project>
            """);
        folder.Write("ProbeApp/Directory.Build.targets", $"""
            <Project>
              <ItemGroup>
                <FrameworkReference Include="Microsoft.AspNetCore.App" />
                <Reference Include="{Path.Combine(AppContext.BaseDirectory, "Capibara6.Hosting.dll")}" />
              </ItemGroup>
              <Import Project="{build}/Capibara6.Hosting.targets" />
            </Project>
            """);
    }

    // What a condition's name ends with is each implementation's own.
    private static async Task<JsonNode> ReadAsync(string file, CancellationToken cancellationToken) =>
        JsonNode.Parse(ConditionHash().Replace(await File.ReadAllTextAsync(file, cancellationToken), "$1HASH"))!;

    private static string[] Names(JsonNode manifest) => [.. manifest["resources"]!.AsObject().Select(resource => resource.Key)];

    [GeneratedRegex("(cond-[a-z0-9-]+-)[0-9a-f]{8}")]
    private static partial Regex ConditionHash();
}
