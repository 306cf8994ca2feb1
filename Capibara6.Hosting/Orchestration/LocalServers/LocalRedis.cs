using Capibara6.Hosting.Orchestration.Processes;

namespace Capibara6.Hosting.Orchestration.LocalServers;

/// <summary>Runs a server of the Redis protocol without a container.</summary>
internal sealed class LocalRedis(HostRun? run, IProcessRunner runner, RedisPrograms programs, TimeProvider time)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <exception cref="LocalServerException">It can't run; trying again won't help.</exception>
    public async Task<ILocalServer> StartAsync(RedisSpec spec, CancellationToken cancellationToken)
    {
        LocalPort.EnsureFree(spec.Port, spec.Name);
        var program = await programs.FindAsync(cancellationToken).ConfigureAwait(false);
        return await StartAsync(spec, program, cancellationToken).ConfigureAwait(false);
    }

    internal async Task<ILocalServer> StartAsync(RedisSpec spec, ServerProgram program, CancellationToken cancellationToken)
    {
        var work = ServerFolder.Temporary(spec.Name, owner: null, run);
        IRunningProcess? process = null;
        try
        {
            process = runner.Start(Command(spec, program, work));
            await WaitAsync(spec, program, process, cancellationToken).ConfigureAwait(false);
            return new LocalServer(process, work, program.Description, spec.Port);
        }
        catch
        {
            if (process is not null)
            {
                await process.DisposeAsync().ConfigureAwait(false);
            }

            work.Dispose();
            throw;
        }
    }

    private static ProcessSpec Command(RedisSpec spec, ServerProgram program, ServerFolder work)
    {
        // Each product has a folder of its own in the data folder: neither reads what the other wrote.
        var data = spec.DataFolder is null
            ? null
            : ServerFolder.Persistent(Path.Combine(spec.DataFolder, program.Product.ToLowerInvariant()), owner: null).Path;
        var isGarnet = program.Product == "Garnet";
        var file = isGarnet
            ? work.WriteSecretFile("garnet.json", GarnetConfiguration.Json(spec, data), owner: null)
            : work.WriteSecretFile("redis.conf", RedisConfiguration.Text(spec, data ?? work.Path), owner: null);
        return new ProcessSpec(program.Program)
        {
            Arguments = isGarnet ? ["--config-import-path", file] : [file],
            WorkingDirectory = work.Path,
            Environment = GarnetConfiguration.Environment,
            OnLine = spec.OnLine,
        };
    }

    private async Task WaitAsync(RedisSpec spec, ServerProgram program, IRunningProcess process, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var answers = false;
        while (!answers || process.Exit.IsCompleted)
        {
            if (process.Exit.IsCompleted)
            {
                throw Explain(spec, program, await process.Exit.ConfigureAwait(false));
            }

            if (time.GetElapsedTime(started) > s_limit)
            {
                throw new LocalServerException(
                    $"{program.Product} for {spec.Name} did not answer on port {spec.Port} within {s_limit.TotalSeconds} s. Its last words: {string.Join(' ', process.LastLines.TakeLast(3))}");
            }

            answers = await RedisPing.AnswersAsync(spec.Port, spec.Password, cancellationToken).ConfigureAwait(false);
            if (!answers)
            {
                await Task.Delay(s_pollInterval, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static LocalServerException Explain(RedisSpec spec, ServerProgram program, ProcessExit exit)
    {
        var words = string.Join(' ', exit.LastLines.TakeLast(6));
        return words.Contains("ddress already in use", StringComparison.Ordinal) || words.Contains("AddressAlreadyInUse", StringComparison.Ordinal)
            ? LocalPort.Taken(spec.Port, spec.Name)
            : new LocalServerException($"{program.Product} for {spec.Name} ended while starting (exit code {exit.ExitCode}): {words}");
    }
}
