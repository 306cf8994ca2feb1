namespace Capibara6.Tests.Architecture;

/// <summary>Folders are named after features; a folder named after a kind of thing says nothing.</summary>
[TestClass]
public sealed class FolderTests
{
    private static readonly string[] s_banned =
        ["Common", "Utils", "Helpers", "Shared", "Extensions", "Services", "Models", "Infrastructure", "Interfaces"];

    [TestMethod]
    public void Folders_Names_AreThoseOfFeatures()
    {
        string[] found =
        [
            .. SourceFiles.All
                .SelectMany(file => file.Split('/')[..^1])
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Where(folder => s_banned.Contains(folder, StringComparer.OrdinalIgnoreCase)),
        ];
        Assert.IsEmpty(found, $"banned folder names: {string.Join(", ", found)}");
    }
}
