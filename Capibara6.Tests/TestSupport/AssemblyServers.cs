namespace Capibara6.Tests;

/// <summary>Stops, after the last test, the servers that tests have started.</summary>
[TestClass]
public static class AssemblyServers
{
    [AssemblyCleanup]
    public static async Task StopAsync()
    {
        if (LocalServersFixture.IsStarted)
        {
            await Task.WhenAll(TestDatabases.StopAsync(), TestRedis.StopAsync());
            LocalServersFixture.Shared.Dispose();
        }
    }
}
