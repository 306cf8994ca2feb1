using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Capibara6.Hosting.LocalServers.Programs;

/// <summary>The temporary folders of a run, which the guardian deletes, and what folders of servers need.</summary>
internal sealed class ServerFolders(Guardian guardian)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>A new folder for this user only. Its path is short: some systems allow no more than 104 characters for what lies in it.</summary>
    public string Create(string name)
    {
        var path = Directory.CreateTempSubdirectory($"capibara6-{name}-").FullName;
        guardian.DeleteAtEnd(path);
        return path;
    }

    /// <summary>Makes a folder that stays, and gives it to a user, when it is missing or empty.</summary>
    /// <exception cref="LocalServerException">It can't be made.</exception>
    public static void Keep(string path, UnixAccount? owner)
    {
        try
        {
            Directory.CreateDirectory(path);
            if (!OperatingSystem.IsWindows() && !Directory.EnumerateFileSystemEntries(path).Any())
            {
                File.SetUnixFileMode(path, OwnerOnly);
                GiveTo(path, owner);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or Win32Exception)
        {
            throw new LocalServerException(
                $"The data folder {path} can't be made: {error.Message} Choose another folder, or give this user the right to write there.", error);
        }
    }

    /// <summary>Writes a file that only one user can read: passwords reach a server this way, not by its command line.</summary>
    public static string WriteSecret(string folder, string name, string content, UnixAccount? owner)
    {
        var file = Path.Combine(folder, name);
        SecretText.Write(file, content);
        GiveTo(file, owner);
        return file;
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
