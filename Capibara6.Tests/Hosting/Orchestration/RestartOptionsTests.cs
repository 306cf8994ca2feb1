using Capibara6.Hosting.Orchestration.Replicas;

namespace Capibara6.Tests.Hosting.Orchestration;

[TestClass]
public sealed class RestartOptionsTests
{
    [TestMethod]
    [DataRow(1, 500)]
    [DataRow(2, 1_000)]
    [DataRow(3, 2_000)]
    [DataRow(6, 16_000)]
    [DataRow(7, 30_000)]
    [DataRow(1_000, 30_000)]
    public void Delay_AfterEachCrash_DoublesUpToItsLimit(int crashes, int milliseconds) =>
        Assert.AreEqual(TimeSpan.FromMilliseconds(milliseconds), new RestartOptions().DelayAfter(crashes));
}
