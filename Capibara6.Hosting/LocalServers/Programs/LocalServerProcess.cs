namespace Capibara6.Hosting.LocalServers.Programs;

/// <summary>How to start a server.</summary>
/// <param name="Program">Full path.</param>
/// <param name="Arguments">Everyone on this machine can read them: no passwords.</param>
/// <param name="Folder">
/// The folder that the server works in and that belongs to it alone. A process of <paramref name="Program"/> in this folder is taken for this server.
/// </param>
public sealed record LocalServerProcess(string Program, IReadOnlyList<string> Arguments, string Folder)
{
    /// <summary>What runs, for the log and the dashboard: <c>PostgreSQL 15.18 from /usr/lib/postgresql/15/bin</c>.</summary>
    public required string Description { get; init; }

    /// <summary>Set beside what the host itself has.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The user of this machine that it runs as; null for the host's own. Only root can choose, and only on Linux.</summary>
    public string? User { get; init; }

    /// <summary>True when the server ends at once on an interrupt, but on a termination signal waits until its clients leave, as PostgreSQL does.</summary>
    public bool StopsOnInterrupt { get; init; }

    /// <summary>A file whose first line is the number of the main process, when helpers of the server can outlive that.</summary>
    public string? PidFile { get; init; }

    /// <summary>What words of a failing health check mean when the server was never healthy: then the run ends with that text.</summary>
    public IReadOnlyDictionary<string, string> FatalReports { get; init; } = new Dictionary<string, string>();
}
