using System.Globalization;
using Capibara6.Hosting.Orchestration.Processes;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration.LocalServers;

/// <summary>Runs PostgreSQL without a container. It refuses to run as root, so root hands it to the user postgres, or to nobody.</summary>
internal sealed class LocalPostgres(
    HostRun? run, IProcessRunner runner, PostgresPrograms programs, TimeProvider time, ILogger<LocalPostgres> logger)
{
    /// <summary>Starts a server and waits until it answers.</summary>
    /// <exception cref="LocalServerException">It can't run; trying again won't help.</exception>
    public async Task<ILocalServer> StartAsync(PostgresSpec spec, CancellationToken cancellationToken)
    {
        LocalPort.EnsureFree(spec.Port, spec.Name);
        var data = spec.DataFolder is null ? null : PostgresData.Inspect(spec.DataFolder);
        var program = await programs.FindAsync(spec.ProgramFolder, data?.Major, cancellationToken).ConfigureAwait(false);
        if (data?.Major is { } major && major != PostgresPrograms.MajorOf(program))
        {
            throw new LocalServerException(
                $"The data folder {spec.DataFolder} of {spec.Name} was made by PostgreSQL {major}, and this machine has {program.Description}. "
                + $"Install PostgreSQL {major}, or export the data with it and import it into a new folder, or delete the folder if its data isn't needed.");
        }

        var account = ServerAccount();
        var folder = spec.DataFolder is null
            ? ServerFolder.Temporary(spec.Name, account, run)
            : ServerFolder.Persistent(spec.DataFolder, account);
        try
        {
            // Temporary data lies below, so that the folder itself can hold the password file.
            var dataFolder = spec.DataFolder ?? Path.Combine(folder.Path, "data");
            if (data?.Major is null)
            {
                LocalServerLog.Preparing(logger, dataFolder);
                var preparation = new PostgresData(run, runner, program, account);
                await preparation.InitializeAsync(dataFolder, spec, cancellationToken).ConfigureAwait(false);
            }

            return await RunAsync(spec, program, dataFolder, folder, account, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private async Task<ILocalServer> RunAsync(
        PostgresSpec spec, ServerProgram program, string dataFolder, ServerFolder folder, UnixAccount? account, CancellationToken cancellationToken)
    {
        var process = runner.Start(new ProcessSpec(program.Program)
        {
            Arguments = Arguments(spec, dataFolder),
            WorkingDirectory = folder.Path,
            Environment = new Dictionary<string, string?> { ["LC_ALL"] = null, ["LC_MESSAGES"] = "C", ["PGDATA"] = null },
            RunAsUser = account?.Name,
            StopSignal = StopSignal.Interrupt, // "fast": ends sessions, writes a checkpoint
            OnLine = spec.OnLine,
        });
        try
        {
            await new PostgresReadiness(spec, dataFolder, time).WaitAsync(process, cancellationToken).ConfigureAwait(false);
            return new LocalServer(process, folder, program.Description, spec.Port);
        }
        catch
        {
            await process.StopAsync(CancellationToken.None).ConfigureAwait(false);
            await process.DisposeAsync().ConfigureAwait(false);
            throw;
        }
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
            ["cluster_name"] = spec.Name,
        };
        if (!spec.Durable)
        {
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
