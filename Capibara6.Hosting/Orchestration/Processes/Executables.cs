namespace Capibara6.Hosting.Orchestration.Processes;

/// <summary>Finds programs the way a shell does.</summary>
internal static class Executables
{
    /// <summary>The full path of a program, or null. A name without a folder is looked up on PATH.</summary>
    public static string? Find(string fileName, string? workingDirectory = null)
    {
        if (fileName.Contains(Path.DirectorySeparatorChar) || fileName.Contains(Path.AltDirectorySeparatorChar))
        {
            return FirstExecutable(Path.GetFullPath(fileName, workingDirectory ?? Directory.GetCurrentDirectory()));
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => FirstExecutable(Path.Combine(folder, fileName)))
            .FirstOrDefault(found => found is not null);
    }

    private static string? FirstExecutable(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            return File.Exists(path) && (File.GetUnixFileMode(path) & AnyExecute) != 0 ? path : null;
        }

        string[] endings = Path.HasExtension(path) ? [string.Empty] : [".exe", ".cmd", ".bat"];
        return endings.Select(ending => path + ending).FirstOrDefault(File.Exists);
    }

    private const UnixFileMode AnyExecute =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
}
