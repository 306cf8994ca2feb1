using Capibara6.Hosting.LocalServers.Programs;

namespace Capibara6.Hosting.LocalServers.Postgres;

/// <summary>Makes PostgreSQL ready to run without a container. It refuses to run as root, so root hands it to the user postgres, or to nobody.</summary>
internal sealed class LocalPostgres(PostgresPrograms programs, Leftovers leftovers, ServerFolders folders, ILogger<LocalPostgres> logger)
{
    /// <exception cref="LocalServerException">It can't run; trying again won't help.</exception>
    public async Task<LocalServerProcess> PrepareAsync(PostgresSpec spec, CancellationToken cancellationToken)
    {
        var dataMajor = spec.DataFolder is null ? null : PostgresData.Inspect(spec.DataFolder);
        var program = await programs.FindAsync(spec.ProgramFolder, dataMajor, cancellationToken).ConfigureAwait(false);
        if (dataMajor is { } major && major != PostgresPrograms.MajorOf(program))
        {
            throw new LocalServerException(
                $"The data folder {spec.DataFolder} of {spec.Name} was made by PostgreSQL {major}, and this machine has {program.Description}. "
                + $"Install PostgreSQL {major}, or export the data with it and import it into a new folder, or delete the folder if its data isn't needed.");
        }

        var account = ServerAccount();
        var data = spec.DataFolder ?? folders.Create(spec.Name);
        var process = Process(spec, program, data, account);
        ServerFolders.Keep(data, account);
        await leftovers.EndAsync(spec.Name, process, cancellationToken).ConfigureAwait(false);
        if (dataMajor is null)
        {
            LocalServerLog.Preparing(logger, data);
            await new PostgresData(program, account, folders).InitializeAsync(data, spec, cancellationToken).ConfigureAwait(false);
        }

        await CheckAsync(spec, process, account, cancellationToken).ConfigureAwait(false);
        return process;
    }

    private static LocalServerProcess Process(PostgresSpec spec, ServerProgram program, string data, UnixAccount? account) =>
        new(program.Program, Arguments(spec, data), data)
        {
            Description = program.Description,
            User = account?.Name,
            Environment = new Dictionary<string, string> { ["LC_ALL"] = "C" },
            StopsOnInterrupt = true, // "fast": ends sessions, writes a checkpoint
            PidFile = Path.Combine(data, "postmaster.pid"),
            FatalReports = new Dictionary<string, string>
            {
                ["28P01"] = $"The data folder {data} of {spec.Name} was made with another user or password. Set the parameter back to the old value, "
                    + "or change the password inside the database (ALTER ROLE), or delete the folder if its data isn't needed.",
            },
        };

    /// <summary>Asks for one setting, which the server answers only when it could start: with access to its data and settings that it knows.</summary>
    private static async Task CheckAsync(PostgresSpec spec, LocalServerProcess process, UnixAccount? account, CancellationToken cancellationToken)
    {
        var end = await Executables.RunAsync(
            process.Program, [.. process.Arguments, "-C", "data_directory"], cancellationToken, Path.GetTempPath(), environment: null, account).ConfigureAwait(false);
        if (end.ExitCode == 0)
        {
            return;
        }

        var reason = end.Text.Split('\n').LastOrDefault(line => line.Contains("FATAL", StringComparison.Ordinal)) ?? end.LastWords;
        throw new LocalServerException(reason.Contains("ermission", StringComparison.Ordinal) || reason.Contains("ownership", StringComparison.Ordinal)
            ? $"PostgreSQL for {spec.Name} has no access to its data folder {process.Folder}: {reason} "
                + $"Give the folder to the user {account?.Name ?? Environment.UserName}, with mode 0700."
            : $"PostgreSQL for {spec.Name} can't start: {reason}");
    }

    private static List<string> Arguments(PostgresSpec spec, string dataFolder)
    {
        Dictionary<string, string> settings = new()
        {
            ["listen_addresses"] = "127.0.0.1",
            ["port"] = spec.Port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = string.Empty, // TCP only: nothing lies about in a shared folder
            ["password_encryption"] = "scram-sha-256",
            ["max_connections"] = "200",
            ["log_timezone"] = "UTC",
            ["timezone"] = "UTC",
            ["logging_collector"] = "off",
            ["log_destination"] = "stderr",
            ["lc_messages"] = "C",
            ["cluster_name"] = spec.Name,
        };
        if (spec.DataFolder is null)
        {
            // What nobody keeps needs no protection against a loss of power.
            settings["fsync"] = "off";
            settings["synchronous_commit"] = "off";
            settings["full_page_writes"] = "off";
        }

        foreach (var (name, value) in spec.Settings)
        {
            settings[name] = value;
        }

        return ["-D", dataFolder, .. settings.SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" })];
    }

    private static UnixAccount? ServerAccount()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return null;
        }

        return UnixAccount.Find("postgres") ?? UnixAccount.Find("nobody")
            ?? throw new LocalServerException("PostgreSQL refuses to run as root, and this machine has neither a user postgres nor nobody. Run as another user.");
    }
}
