using System.Globalization;
using Capibara6.Hosting.Orchestration.Processes;

namespace Capibara6.Hosting.Orchestration.LocalServers;

/// <summary>The data folder of a PostgreSQL server: what is in it, and how a new one is made.</summary>
internal sealed class PostgresData(HostRun? run, IProcessRunner runner, ServerProgram program, UnixAccount? account)
{
    /// <param name="Major">The version that made the data; null when the folder is missing or empty.</param>
    internal sealed record State(int? Major);

    /// <exception cref="LocalServerException">The folder holds something else.</exception>
    public static State Inspect(string folder)
    {
        try
        {
            if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                return new State(Major: null);
            }

            // "15", or "9.6" for versions long gone
            var text = File.ReadAllText(Path.Combine(folder, "PG_VERSION")).Trim();
            return new State((int)double.Parse(text, CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is FileNotFoundException or FormatException)
        {
            throw new LocalServerException(
                $"The folder {folder} is not empty and not a PostgreSQL data folder. Choose another folder, or empty it.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LocalServerException($"The data folder {folder} can't be read: {error.Message}", error);
        }
    }

    /// <summary>
    /// Makes new data beside its place and moves it there when it is whole, so that a preparation that was cut off
    /// leaves no folder that looks like data.
    /// </summary>
    public async Task InitializeAsync(string place, PostgresSpec spec, CancellationToken cancellationToken)
    {
        using var work = ServerFolder.Temporary(spec.Name, account, run);
        var passwordFile = work.WriteSecretFile("password", spec.Password + "\n", account);
        var staging = $"{place}.{Path.GetFileName(work.Path)}";
        run?.RegisterFolder(staging); // a preparation that is cut off goes with the run
        try
        {
            PrepareFolders(staging, place);
            await using var command = runner.Start(new ProcessSpec(Path.Combine(program.Folder, "initdb"))
            {
                Arguments =
                [
                    "--pgdata", staging, "--username", spec.UserName, "--pwfile", passwordFile, "--auth=scram-sha-256",
                    "--encoding=UTF8", .. Locale(), .. spec.Durable && spec.DataFolder is not null ? (string[])[] : ["--no-sync"],
                ],
                WorkingDirectory = work.Path,
                RunAsUser = account?.Name,
            });
            var exit = await command.Exit.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (exit.ExitCode != 0)
            {
                throw new LocalServerException(
                    $"PostgreSQL could not prepare the data folder {place} of {spec.Name}: {Reason(exit)} "
                    + $"Choose a folder that the user {account?.Name ?? Environment.UserName} can reach and write.");
            }

            Directory.Delete(place); // fails when another host has filled it meanwhile
            Directory.Move(staging, place);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LocalServerException($"The data folder {place} of {spec.Name} can't be prepared: {error.Message}", error);
        }
        finally
        {
            Discard(staging);
        }
    }

    private void Discard(string staging)
    {
        if (Directory.Exists(staging))
        {
            Directory.Delete(staging, recursive: true);
        }

        run?.ForgetFolder(staging);
    }

    private void PrepareFolders(string staging, string place)
    {
        // Both are made here, as root when that is who we are: the server's user may not write to their parent.
        Directory.CreateDirectory(staging);
        ServerFolder.GiveTo(staging, account);
        Directory.CreateDirectory(place);
    }

    private string[] Locale() => PostgresPrograms.MajorOf(program) >= 17
        ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        : OperatingSystem.IsLinux() ? ["--locale=C.UTF-8"] : ["--no-locale"];

    private static string Reason(ProcessExit exit) =>
        exit.LastLines.LastOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase) || line.Contains("FATAL", StringComparison.Ordinal))
        ?? string.Join(' ', exit.LastLines.TakeLast(2));
}
