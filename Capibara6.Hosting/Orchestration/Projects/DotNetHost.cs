using System.Runtime.InteropServices;

namespace Capibara6.Hosting.Orchestration.Projects;

/// <summary>The installation of .NET that this process runs on, and that its projects are started with.</summary>
internal static class DotNetHost
{
    /// <summary>The installation's folder.</summary>
    public static string Root { get; } =
        // The runtime lies in {root}/shared/Microsoft.NETCore.App/{version}/.
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>The <c>dotnet</c> program, or its name when it doesn't lie where it should: then PATH decides.</summary>
    public static string Program { get; } = Find();

    private static string Find()
    {
        var program = Path.Combine(Root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(program) ? program : "dotnet";
    }
}
