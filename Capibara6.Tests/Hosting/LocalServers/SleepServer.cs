using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.LocalServers.Programs;

namespace Capibara6.Tests.Hosting.LocalServers;

/// <summary>A server of a type that the library does not know, which a user of it teaches to run without a container.</summary>
internal sealed class SleepServer : ILocalServer
{
    public bool CanRun(IResource resource) => resource.Name == "sleeper";

    public Task<LocalServerProcess> PrepareAsync(LocalServerContext context, CancellationToken cancellationToken) => Task.FromResult(
        new LocalServerProcess(Executables.Find("sleep")!, ["1000"], context.TemporaryFolder) { Description = "sleep" });
}
