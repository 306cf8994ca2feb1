using Capibara6.Hosting.Orchestration.Processes;

namespace Capibara6.Hosting.Orchestration.LocalServers;

/// <summary>A server that runs on this machine and has answered.</summary>
internal interface ILocalServer : IAsyncDisposable
{
    /// <summary>How it runs, for the log and the dashboard: <c>local server, PostgreSQL 15.18 from /usr/lib/postgresql/15/bin</c>.</summary>
    string Description { get; }

    int Pid { get; }

    int Port { get; }

    /// <summary>Completes, and never fails, when the server has ended for whatever reason.</summary>
    Task<ProcessExit> Exit { get; }

    /// <summary>Shuts the server down in order, then deletes its folder when that is temporary.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}
