namespace Capibara6.Tests.Architecture;

/// <summary>The hand-written C# of the repository.</summary>
internal static class SourceFiles
{
    private static readonly string[] s_notOurs = ["artifacts", "bin", "obj", "node_modules", ".git"];

    /// <summary>Paths relative to the root, with forward slashes; generated migrations are left out.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => s_notOurs.Contains(part, StringComparer.Ordinal)))
            .Where(file => !file.Contains("/Data/Migrations/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];
}
