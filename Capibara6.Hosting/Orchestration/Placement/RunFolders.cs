using Capibara6.Hosting.Orchestration.LocalServers;
using Microsoft.Extensions.Configuration;

namespace Capibara6.Hosting.Orchestration.Placement;

/// <summary>Where this application keeps what it needs to know at its next start.</summary>
internal sealed class RunFolders(LocalServerFolders folders, IConfiguration configuration)
{
    private const int IdentityLength = 16;

    /// <summary>The run records of this application: of this AppHost on this path, not of a copy elsewhere.</summary>
    public string Runs { get; } = folders.Runs(
        configuration["AppHost:PathSha256"] is { Length: > IdentityLength } hash ? hash[..IdentityLength].ToLowerInvariant() : "unnamed");
}
