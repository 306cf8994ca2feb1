namespace Capibara6.Tests;

/// <summary>Where the checkout is that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    private static string FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Capibara6.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Capibara6.sln above {start}.");
    }
}
