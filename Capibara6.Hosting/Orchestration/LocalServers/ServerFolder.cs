using System.ComponentModel;
using System.Runtime.InteropServices;
using Capibara6.Hosting.Orchestration.Processes;

namespace Capibara6.Hosting.Orchestration.LocalServers;

/// <summary>A folder that belongs to one server: kept when the caller named it, else temporary and deleted on dispose.</summary>
internal sealed class ServerFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly HostRun? _run;
    private readonly bool _temporary;

    private ServerFolder(string path, bool temporary, HostRun? run) => (Path, _temporary, _run) = (path, temporary, run);

    public string Path { get; }

    /// <summary>A new temporary folder, readable by <paramref name="owner"/> only and deleted with the run.</summary>
    public static ServerFolder Temporary(string name, UnixAccount? owner, HostRun? run)
    {
        // A short path: some systems allow no more than 104 characters for what lies in it.
        var path = Directory.CreateTempSubdirectory($"capibara6-{name}-").FullName;
        run?.RegisterFolder(path);
        GiveTo(path, owner);
        return new ServerFolder(path, temporary: true, run);
    }

    /// <summary>A folder that stays. It is made when it is missing.</summary>
    /// <exception cref="LocalServerException">It can't be made or written.</exception>
    public static ServerFolder Persistent(string path, UnixAccount? owner)
    {
        try
        {
            if (!Directory.Exists(path))
            {
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
                if (OperatingSystem.IsWindows())
                {
                    Directory.CreateDirectory(path);
                }
                else
                {
                    Directory.CreateDirectory(path, OwnerOnly);
                }

                GiveTo(path, owner);
            }

            return new ServerFolder(path, temporary: false, run: null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or Win32Exception)
        {
            throw new LocalServerException(
                $"The data folder {path} can't be made: {error.Message} Choose another folder, or give this user the right to write there.", error);
        }
    }

    /// <summary>Writes a file that only the server's user can read: passwords reach a server this way, not by its command line.</summary>
    public string WriteSecretFile(string name, string content, UnixAccount? owner)
    {
        var file = System.IO.Path.Combine(Path, name);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(file, options))
        {
            writer.Write(content);
        }

        GiveTo(file, owner);
        return file;
    }

    public void Dispose()
    {
        if (_temporary && Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
            _run?.ForgetFolder(Path);
        }
    }

    /// <summary>Makes a user the owner. Null: this process's user already is.</summary>
    public static void GiveTo(string path, UnixAccount? owner)
    {
        if (owner is not null && NativeChown(path, owner.UserId, owner.GroupId) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [DllImport("libc", EntryPoint = "chown", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NativeChown([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int owner, int group);
}
