using Capibara6.Hosting.LocalServers.Programs;

namespace Capibara6.Hosting.LocalServers.Postgres;

/// <summary>The data folder of a PostgreSQL server: what is in it, and how a new one is made.</summary>
internal sealed class PostgresData(ServerProgram program, UnixAccount? account, ServerFolders folders)
{
    /// <summary>Data that is being made. Its version is the last file to leave it: what has none is no data yet.</summary>
    private const string Unfinished = ".being-prepared";
    private const string Version = "PG_VERSION";

    /// <summary>The version that made the data; null when the folder is missing or empty, or its preparation was cut off.</summary>
    /// <exception cref="LocalServerException">The folder holds something else.</exception>
    public static int? Inspect(string folder)
    {
        try
        {
            var version = Path.Combine(folder, Version);
            if (File.Exists(version))
            {
                // "15", or "9.6" for versions long gone
                return (int)double.Parse(File.ReadAllText(version).Trim(), CultureInfo.InvariantCulture);
            }

            if (Directory.Exists(Path.Combine(folder, Unfinished)))
            {
                Empty(folder);
            }

            return !Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any()
                ? null
                : throw new LocalServerException(
                    $"The folder {folder} is not empty and not a PostgreSQL data folder. Choose another folder, such as a new one in it, or empty it.");
        }
        catch (FormatException error)
        {
            throw new LocalServerException($"The folder {folder} is not a PostgreSQL data folder. Choose another folder, or empty it.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LocalServerException($"The data folder {folder} can't be read: {error.Message}", error);
        }
    }

    /// <summary>Makes new data inside of an empty folder, which may be a mount point, and so can't be replaced by one that was made beside it.</summary>
    public async Task InitializeAsync(string place, PostgresSpec spec, CancellationToken cancellationToken)
    {
        var work = folders.Create(spec.Name);
        ServerFolders.GiveTo(work, account);
        var passwordFile = ServerFolders.WriteSecret(work, "password", spec.Password + "\n", account);
        var unfinished = Path.Combine(place, Unfinished);
        try
        {
            var end = await Executables.RunAsync(
                Path.Combine(program.Folder, "initdb"),
                [
                    "--pgdata", unfinished, "--username", spec.UserName, "--pwfile", passwordFile, "--auth=scram-sha-256",
                    "--encoding=UTF8", .. Locale(), .. spec.DataFolder is not null ? (string[])[] : ["--no-sync"],
                ],
                cancellationToken, work, environment: null, account).ConfigureAwait(false);
            if (end.ExitCode != 0)
            {
                throw new LocalServerException(
                    $"PostgreSQL could not prepare the data folder {place} of {spec.Name}: {Reason(end)} "
                    + $"Choose a folder that the user {account?.Name ?? Environment.UserName} can reach and write.");
            }

            foreach (var entry in Directory.GetFileSystemEntries(unfinished).OrderBy(static entry => Path.GetFileName(entry) == Version))
            {
                Directory.Move(entry, Path.Combine(place, Path.GetFileName(entry)));
            }

            Directory.Delete(unfinished);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LocalServerException($"The data folder {place} of {spec.Name} can't be prepared: {error.Message}", error);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static void Empty(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).GetFileSystemInfos().OrderBy(static entry => entry.Name == Unfinished))
        {
            if (entry is DirectoryInfo { LinkTarget: null } subfolder)
            {
                subfolder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }

    private string[] Locale() => PostgresPrograms.MajorOf(program) >= 17
        ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        : OperatingSystem.IsLinux() ? ["--locale=C.UTF-8"] : ["--no-locale"];

    private static string Reason(CommandEnd end) =>
        end.Text.Split('\n').LastOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase) || line.Contains("FATAL", StringComparison.Ordinal))
        ?? end.LastWords;
}
