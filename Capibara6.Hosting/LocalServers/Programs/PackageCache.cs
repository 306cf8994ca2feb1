namespace Capibara6.Hosting.LocalServers.Programs;

/// <summary>
/// Server programs out of package feeds. A package is fetched into a folder beside its place and moved there when it is
/// whole; a lock file keeps two hosts from fetching the same one.
/// </summary>
internal sealed class PackageCache(HostFolders folders, TimeProvider time, ILogger<PackageCache> logger)
{
    private static readonly TimeSpan s_fetchLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_lockPoll = TimeSpan.FromMilliseconds(200);

    /// <summary>The folder of a package, fetched by <paramref name="fetch"/> when it isn't there yet.</summary>
    /// <param name="fetch">Runs the command that puts the package into the folder it is given.</param>
    /// <param name="finish">Completes the folder after the command.</param>
    /// <exception cref="LocalServerException">The package can't be had.</exception>
    public async Task<string> GetAsync(
        string name, string version, Func<string, CancellationToken, Task<CommandEnd>> fetch, Action<string> finish, CancellationToken cancellationToken)
    {
        var place = Path.Combine(folders.Packages, $"{name}-{version}");
        if (Directory.Exists(place))
        {
            return place;
        }

        try
        {
            Directory.CreateDirectory(folders.Packages);
            using var held = await LockAsync(place + ".lock", cancellationToken).ConfigureAwait(false);
            if (!Directory.Exists(place))
            {
                LocalServerLog.Fetching(logger, name, version);
                await FetchAsync(place, $"{name} {version}", fetch, finish, cancellationToken).ConfigureAwait(false);
            }

            return place;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LocalServerException($"The package {name} {version} can't be put into {folders.Packages}: {error.Message}", error);
        }
    }

    private async Task FetchAsync(
        string place, string package, Func<string, CancellationToken, Task<CommandEnd>> fetch, Action<string> finish, CancellationToken cancellationToken)
    {
        var staging = place + ".part"; // left by a fetch that was cut off; the lock makes it ours
        if (Directory.Exists(staging))
        {
            Directory.Delete(staging, recursive: true);
        }

        Directory.CreateDirectory(staging);
        using var limit = new CancellationTokenSource(s_fetchLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var end = await fetch(staging, either.Token).ConfigureAwait(false);
            if (end.ExitCode != 0)
            {
                throw new LocalServerException($"The package {package} could not be fetched: {end.LastWords}");
            }
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LocalServerException($"The package {package} was not fetched within {s_fetchLimit.TotalMinutes} minutes.", error);
        }

        finish(staging);
        Directory.Move(staging, place);
    }

    private async Task<FileStream> LockAsync(string file, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(file))
            {
                await Task.Delay(s_lockPoll, time, cancellationToken).ConfigureAwait(false); // another host is fetching it
            }
        }
    }
}
