using Capibara6.Hosting.LocalServers.Programs;

namespace Capibara6.Hosting.LocalServers.Redis;

/// <summary>Makes a server of the Redis protocol ready to run without a container.</summary>
internal sealed class LocalRedis(RedisPrograms programs, Leftovers leftovers, ServerFolders folders)
{
    /// <exception cref="LocalServerException">It can't run; trying again won't help.</exception>
    public async Task<LocalServerProcess> PrepareAsync(RedisSpec spec, CancellationToken cancellationToken) =>
        await PrepareAsync(spec, await programs.FindAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    internal async Task<LocalServerProcess> PrepareAsync(RedisSpec spec, ServerProgram program, CancellationToken cancellationToken)
    {
        var work = folders.Create(spec.Name);
        // Each product has a folder of its own in the data folder: neither reads what the other wrote.
        var data = spec.DataFolder is null ? null : Path.Combine(spec.DataFolder, program.Product.ToLowerInvariant());
        if (data is not null)
        {
            ServerFolders.Keep(data, owner: null);
        }

        var isGarnet = program.Product == "Garnet";
        var file = isGarnet
            ? ServerFolders.WriteSecret(work, "garnet.json", GarnetConfiguration.Json(spec, data), owner: null)
            : ServerFolders.WriteSecret(work, "redis.conf", RedisConfiguration.Text(spec, data ?? work), owner: null);
        var process = new LocalServerProcess(program.Program, isGarnet ? ["--config-import-path", file] : [file], data ?? work)
        {
            Description = program.Description,
            Environment = GarnetConfiguration.Environment,
        };
        await leftovers.EndAsync(spec.Name, process, cancellationToken).ConfigureAwait(false);
        return process;
    }
}
