using System.ComponentModel;
using CliWrap;
using CliWrap.Buffered;

namespace Capibara6.Hosting.LocalServers.Programs;

/// <summary>Finds programs the way a shell does, and runs those that end by themselves.</summary>
internal static class Executables
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The full path of a program, or null. A name without a folder is looked up on PATH.</summary>
    public static string? Find(string fileName)
    {
        if (Path.IsPathRooted(fileName))
        {
            return FirstExecutable(fileName);
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => FirstExecutable(Path.Combine(folder, fileName)))
            .FirstOrDefault(found => found is not null);
    }

    /// <summary>Runs a program to its end. One that is missing or can't be started is a failed run.</summary>
    public static async Task<CommandEnd> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken, string? folder = null,
        IReadOnlyDictionary<string, string?>? environment = null, UnixAccount? user = null)
    {
        string[] command = [.. AsUser(user), program, .. arguments];
        try
        {
            var end = await Cli.Wrap(command[0]).WithArguments(command[1..]).WithValidation(CommandResultValidation.None)
                .WithWorkingDirectory(folder ?? Path.GetTempPath())
                .WithEnvironmentVariables(environment ?? new Dictionary<string, string?>())
                .ExecuteBufferedAsync(cancellationToken).ConfigureAwait(false);
            return new CommandEnd(end.ExitCode, $"{end.StandardOutput}\n{end.StandardError}".Trim());
        }
        catch (Win32Exception error)
        {
            return new CommandEnd(-1, error.Message);
        }
    }

    /// <summary>The words before a command that make it another user's.</summary>
    public static IReadOnlyList<string> AsUser(UnixAccount? user) => user is null ? [] :
    [
        Find("setpriv") ?? throw new LocalServerException($"setpriv is not on PATH; it is needed to run as {user.Name}. Install util-linux, or don't run as root."),
        $"--reuid={user.UserId}", $"--regid={user.GroupId}", "--clear-groups", "--",
    ];

    private static string? FirstExecutable(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            return File.Exists(path) && (File.GetUnixFileMode(path) & AnyExecute) != 0 ? path : null;
        }

        string[] endings = Path.HasExtension(path) ? [string.Empty] : [".exe", ".cmd", ".bat"];
        return endings.Select(ending => path + ending).FirstOrDefault(File.Exists);
    }
}

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">0 for well.</param>
/// <param name="Text">What it said, its complaints last.</param>
internal sealed record CommandEnd(int ExitCode, string Text)
{
    /// <summary>The last lines, on one.</summary>
    public string LastWords => string.Join(' ', Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(3));
}
