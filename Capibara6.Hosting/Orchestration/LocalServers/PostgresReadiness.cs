using Capibara6.Hosting.Orchestration.Processes;
using Npgsql;

namespace Capibara6.Hosting.Orchestration.LocalServers;

/// <summary>Waits until a starting server answers with the given password; what can't get better is an error at once.</summary>
internal sealed class PostgresReadiness(PostgresSpec spec, string dataFolder, TimeProvider time)
{
    /// <summary>Replaying a long log after a crash takes time; the server says that it is starting up meanwhile.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(50);

    private readonly string _connectionString = new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = spec.Port,
        Username = spec.UserName,
        Password = spec.Password,
        Database = "postgres",
        Pooling = false,
        Timeout = 5,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    public async Task WaitAsync(IRunningProcess process, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (!await AnswersAsync(cancellationToken).ConfigureAwait(false))
        {
            if (process.Exit.IsCompleted)
            {
                throw Explain(await process.Exit.ConfigureAwait(false));
            }

            if (time.GetElapsedTime(started) > s_limit)
            {
                throw new LocalServerException(
                    $"PostgreSQL for {spec.Name} did not answer on port {spec.Port} within {s_limit.TotalSeconds} s. Its last words: {string.Join(' ', process.LastLines.TakeLast(3))}");
            }

            await Task.Delay(s_pollInterval, time, cancellationToken).ConfigureAwait(false);
        }

        // Another server on this port could have answered while ours failed to bind it.
        if (process.Exit.IsCompleted)
        {
            throw Explain(await process.Exit.ConfigureAwait(false));
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(_connectionString);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            throw new LocalServerException(
                $"The data folder {dataFolder} of {spec.Name} was made with another user or password. Set the parameter back to the old value, "
                + "or change the password inside the database (ALTER ROLE), or delete the folder if its data isn't needed.", error);
        }
        catch (NpgsqlException)
        {
            return false; // not listening yet, or "the database system is starting up"
        }
    }

    private LocalServerException Explain(ProcessExit exit)
    {
        var words = string.Join(' ', exit.LastLines);
        if (words.Contains("postmaster.pid", StringComparison.Ordinal))
        {
            return new LocalServerException(
                $"The data folder {dataFolder} of {spec.Name} is in use by another server. Stop the other one, or give {spec.Name} a folder of its own.");
        }

        if (words.Contains("could not bind", StringComparison.Ordinal))
        {
            return LocalPort.Taken(spec.Port, spec.Name);
        }

        if (words.Contains("ermission", StringComparison.Ordinal))
        {
            return new LocalServerException(
                $"PostgreSQL for {spec.Name} has no access to its data folder {dataFolder}: {LastFatal(exit)} Give the folder to the user the server runs as, with mode 0700.");
        }

        return new LocalServerException($"PostgreSQL for {spec.Name} ended while starting (exit code {exit.ExitCode}): {LastFatal(exit)}");
    }

    private static string LastFatal(ProcessExit exit) =>
        exit.LastLines.LastOrDefault(line => line.Contains("FATAL", StringComparison.Ordinal)) ?? string.Join(' ', exit.LastLines.TakeLast(3));
}
