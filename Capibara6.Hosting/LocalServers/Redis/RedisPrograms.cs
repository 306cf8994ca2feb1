using Capibara6.Hosting.LocalServers.Programs;

namespace Capibara6.Hosting.LocalServers.Redis;

/// <summary>
/// Finds a server of the Redis protocol: redis-server or valkey-server on PATH, else garnet-server on PATH or among the
/// user's .NET tools, else the garnet-server tool of the NuGet feed.
/// </summary>
internal sealed partial class RedisPrograms(PackageCache packages)
{
    internal const string GarnetVersion = "2.2.8";
    private const string Garnet = "garnet-server";

    /// <exception cref="LocalServerException">None.</exception>
    public async Task<ServerProgram> FindAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, product) in new[] { ("redis-server", "Redis"), ("valkey-server", "Valkey"), (Garnet, "Garnet"), (ToolPath(), "Garnet") })
        {
            if (Executables.Find(name) is { } program && await ReadAsync(program, product, cancellationToken).ConfigureAwait(false) is { } found)
            {
                return found;
            }
        }

        return await FromPackageAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The tool of the NuGet feed, without looking elsewhere.</summary>
    public async Task<ServerProgram> FromPackageAsync(CancellationToken cancellationToken)
    {
        try
        {
            var place = await packages.GetAsync(Garnet, GarnetVersion, InstallToolAsync, _ => { }, cancellationToken).ConfigureAwait(false);
            var program = Executables.Find(Path.Combine(place, Garnet))
                ?? throw new LocalServerException($"The package {Garnet} {GarnetVersion} in {place} holds no program.");
            return new ServerProgram(program, "Garnet", GarnetVersion);
        }
        catch (LocalServerException error)
        {
            throw LocalServerException.NoneOf(
                "a server of the Redis protocol", "redis-server (Debian: redis-server) or garnet-server (dotnet tool install --global garnet-server)",
                $"{Garnet} {GarnetVersion} (NuGet)", error);
        }
    }

    private static Task<CommandEnd> InstallToolAsync(string folder, CancellationToken cancellationToken) => Executables.RunAsync(
        Executables.Find("dotnet") ?? "dotnet",
        ["tool", "install", Garnet, "--version", GarnetVersion, "--tool-path", folder],
        cancellationToken,
        folder, // away from the global.json and the package sources of whatever folder the host was started in
        new Dictionary<string, string?> { ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1", ["MSBuildSDKsPath"] = null });

    private static string ToolPath() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "tools", Garnet);

    private static async Task<ServerProgram?> ReadAsync(string program, string product, CancellationToken cancellationToken)
    {
        // "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=…", "2.2.8+commit"
        var end = await Executables.RunAsync(
            program, ["--version"], cancellationToken, folder: null, GarnetConfiguration.Environment.ToDictionary(pair => pair.Key, pair => (string?)pair.Value)).ConfigureAwait(false);
        var version = VersionText().Match(end.Text);
        return version.Success ? new ServerProgram(program, product, version.Value) : null;
    }

    [GeneratedRegex(@"\d+\.\d+(\.\d+)?")]
    private static partial Regex VersionText();
}
