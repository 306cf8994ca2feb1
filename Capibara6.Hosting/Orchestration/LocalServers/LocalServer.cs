using Capibara6.Hosting.Orchestration.Processes;

namespace Capibara6.Hosting.Orchestration.LocalServers;

internal sealed class LocalServer(IRunningProcess process, ServerFolder folder, string description, int port) : ILocalServer
{
    public string Description { get; } = $"local server, {description}";

    public int Pid => process.Pid;

    public int Port => port;

    public Task<ProcessExit> Exit => process.Exit;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await process.StopAsync(cancellationToken).ConfigureAwait(false);
        folder.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync().ConfigureAwait(false);
        folder.Dispose();
    }
}
