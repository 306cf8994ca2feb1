using System.ComponentModel;
using System.Diagnostics;

namespace Capibara6.Hosting.LocalServers.Programs;

/// <summary>
/// A small shell process that waits at the end of a pipe. When the pipe closes, because this process has ended in whatever way, it ends the
/// servers that are left and deletes the temporary folders. Nobody else could after a kill: the orchestrator ends what it started itself, and
/// not PostgreSQL's backends, nor folders. Windows has no such shell.
/// </summary>
internal sealed class Guardian(ILogger<Guardian> logger) : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);
    private static readonly string s_script = EmbeddedText.Read("LocalServers.Programs.servers.sh");
    private readonly Lock _gate = new();
    private readonly List<string> _folders = [];
    private Process? _shell;

    /// <summary>Which host this is, in the environment of its servers: its number and when it started, so that no later process is taken for it.</summary>
    public static KeyValuePair<string, string> Mark { get; } = new("CAPIBARA6_SERVER_OF", MarkOf(Environment.ProcessId)!);

    /// <summary>Whether the host of a mark runs.</summary>
    public static bool IsAlive(string mark) =>
        int.TryParse(mark.Split('-')[0], CultureInfo.InvariantCulture, out var pid) && MarkOf(pid) == mark;

    /// <summary>The whole command of a server: as its user, and where that matters, with an interrupt for a termination signal.</summary>
    public static IReadOnlyList<string> CommandOf(LocalServerProcess server) =>
    [
        .. server.StopsOnInterrupt && !OperatingSystem.IsWindows()
            ? ["/bin/sh", "-c", s_script, "servers", "run", RealPath(server.Program), server.Folder]
            : Array.Empty<string>(),
        .. Executables.AsUser(server.User is null ? null : UnixAccount.Find(server.User)), server.Program, .. server.Arguments,
    ];

    public void EndAtEnd(LocalServerProcess server) => Tell($"server {RealPath(server.Program)}\t{server.Folder}");

    public void DeleteAtEnd(string folder)
    {
        lock (_gate)
        {
            _folders.Add(folder);
        }

        Tell($"folder {folder}");
    }

    /// <summary>Lets everything carry the mark that this process starts from now on, and what that starts, so that it is known when it is left.</summary>
    public static void MarkChildren() => Environment.SetEnvironmentVariable(Mark.Key, Mark.Value);

    /// <summary>The processes of a server.</summary>
    public async Task<IReadOnlyList<ServerInstance>> FindAsync(LocalServerProcess server, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        var end = await ShellAsync(cancellationToken, "list", RealPath(server.Program), server.Folder).ConfigureAwait(false);
        return [.. end.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ServerInstance.Parse)];
    }

    public Task SignalAsync(string signal, LocalServerProcess server, CancellationToken cancellationToken) =>
        ShellAsync(cancellationToken, "end", signal, RealPath(server.Program), server.Folder);

    public void Dispose()
    {
        lock (_gate)
        {
            _shell?.StandardInput.Close();
            _shell?.WaitForExit(s_limit);
            _shell?.Dispose();
            _shell = null;
            foreach (var folder in _folders.Where(Directory.Exists)) // where there is no shell
            {
                Directory.Delete(folder, recursive: true);
            }

            _folders.Clear();
        }
    }

    private static Task<CommandEnd> ShellAsync(CancellationToken cancellationToken, params string[] arguments) =>
        Executables.RunAsync("/bin/sh", ["-c", s_script, "servers", .. arguments], cancellationToken);

    private void Tell(string line)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        lock (_gate)
        {
            try
            {
                _shell ??= Start();
                _shell.StandardInput.Write(line + "\n");
                _shell.StandardInput.Flush();
            }
            catch (Exception error) when (error is Win32Exception or IOException)
            {
                LocalServerLog.NoGuardian(logger, error);
            }
        }
    }

    /// <summary>In a session of its own where that is possible, so that what ends this process's group spares it.</summary>
    private Process Start()
    {
        string[] command = [.. Executables.Find("setsid") is { } setsid ? [setsid] : Array.Empty<string>(), "/bin/sh", "-c", s_script, "servers", "guard", Mark.Value];
        var info = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, WorkingDirectory = "/" };
        info.Environment.Remove(Mark.Key);
        return Process.Start(info)!;
    }

    private static string RealPath(string program) => File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? program;

    /// <summary>Null when there is no such process.</summary>
    internal static string? MarkOf(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return string.Create(CultureInfo.InvariantCulture, $"{pid}-{process.StartTime.ToUniversalTime().Ticks / TimeSpan.TicksPerSecond}");
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }
}

/// <summary>A process of a server.</summary>
/// <param name="Host">The mark of the host that started it; null when it has none, as PostgreSQL's backends, which write over theirs.</param>
internal sealed record ServerInstance(int Pid, int Parent, string? Host)
{
    public static ServerInstance Parse(string line)
    {
        var words = line.Split(' ', 3);
        return new ServerInstance(
            int.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture), words is [_, _, { Length: > 0 } host] ? host : null);
    }
}
