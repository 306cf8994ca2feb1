using Capibara6.Hosting.Orchestration.Placement;

namespace Capibara6.Tests.Hosting.Orchestration;

[TestClass]
public sealed class PlacementOptionsTests
{
    [TestMethod]
    [DataRow("auto", "one")]
    [DataRow("Containers", "production")]
    [DataRow("local", "Production")]
    public void Values_ThatAreKnown_AreAccepted(string infrastructure, string replicas) =>
        Assert.IsTrue(Validate(infrastructure, replicas).Succeeded);

    [TestMethod]
    public void Values_ThatAreUnknown_AreNamedWithThoseThatAreKnown()
    {
        var result = Validate("cloud", "3");

        Assert.AreEqual(
            "--infrastructure (Hosting:Infrastructure) is 'cloud': use auto, containers or local.; --replicas (Hosting:Replicas) is '3': use one or production.",
            result.FailureMessage);
    }

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(string infrastructure, string replicas) =>
        new PlacementOptionsValidator().Validate(null, new PlacementOptions { Infrastructure = infrastructure, Replicas = replicas });
}
