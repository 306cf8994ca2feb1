namespace Capibara6.Hosting.LocalServers.Programs;

/// <summary>What is still there of a server before it starts (again), and would keep it from starting.</summary>
internal sealed class Leftovers(Guardian guardian, TimeProvider time)
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Ends a server of this host or of one that is gone, and PostgreSQL's backends that have outlived their server: they hold on to its shared memory.
    /// </summary>
    /// <exception cref="LocalServerException">Somebody else's server uses the folder.</exception>
    public async Task EndAsync(string name, LocalServerProcess server, CancellationToken cancellationToken)
    {
        var found = await guardian.FindAsync(server, cancellationToken).ConfigureAwait(false);
        if (found.Count == 0)
        {
            return;
        }

        var main = server.PidFile is { } file && File.Exists(file) && int.TryParse(File.ReadLines(file).FirstOrDefault(), CultureInfo.InvariantCulture, out var pid) ? pid : -1;
        if (found.Any(process => process.Host is { } host
            ? host != Guardian.Mark.Value && Guardian.IsAlive(host)
            : server.PidFile is null || process.Pid == main))
        {
            throw new LocalServerException(
                $"The data folder {server.Folder} of {name} is in use by another server. Stop the other one, or give {name} a folder of its own.");
        }

        if (found.Any(process => process.Host is not null))
        {
            await guardian.SignalAsync("INT", server, cancellationToken).ConfigureAwait(false);
            var started = time.GetTimestamp();
            while (time.GetElapsedTime(started) < s_grace && (await guardian.FindAsync(server, cancellationToken).ConfigureAwait(false)).Count > 0)
            {
                await Task.Delay(s_pollInterval, time, cancellationToken).ConfigureAwait(false);
            }
        }

        await guardian.SignalAsync("KILL", server, cancellationToken).ConfigureAwait(false);
    }
}
