using System.Net;
using System.Net.Sockets;

namespace Capibara6.Tests.AppHost;

/// <summary>What a user can put right is one line on the error stream and a code that is not zero.</summary>
[TestClass]
public sealed class AppHostErrorTests
{
    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Port_ThatIsTaken_IsNamedWithItsOwnerAndItsSetting()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;

        await AssertOneLineAsync(
            $"Port {port}, the 'http' endpoint of 'capibara6-api', is already in use. Free it, or move the endpoint with --Endpoints:capibara6-api:http:Port=<port>.",
            $"--Endpoints:capibara6-api:http:Port={port}", "--Endpoints:capibara6-graphql:http:Port=0");
    }

    [TestMethod]
    public Task PostgreSql_ThatIsNotToBeHad_EndsTheRun() => AssertOneLineAsync(
        "The configured PostgreSQL folder /nowhere holds no initdb and postgres that run.", "--Hosting:PostgresFolder=/nowhere", "--DcpPublisher:RandomizePorts=true");

    [TestMethod]
    public Task Parameter_ThatIsMissing_IsNamedWithTheWaysToSetIt() => AssertOneLineAsync(
        "Parameters__models_key", "--Parameters:models-endpoint=http://localhost:9/v1", "--DcpPublisher:RandomizePorts=true");

    [TestMethod]
    public Task Infrastructure_ThatIsUnknown_IsNamedWithWhatIsKnown() => AssertOneLineAsync(
        "--infrastructure (Hosting:Infrastructure) is 'cloud': use auto, containers or local.", "--infrastructure", "cloud");

    [TestMethod]
    [DataRow("--publisher needs a value", "--publisher")]
    [DataRow("--output-path needs a value", "--publisher", "kubernetes", "--output-path")]
    [DataRow("--publisher needs a value", "--publisher", "--output-path", "/tmp/x")]
    public Task Switch_ThatIsNotWhole_IsNotPassedOver(string expected, params string[] args) => AssertOneLineAsync(expected, args);

    [TestMethod]
    public Task Containers_ThatAreWantedAndNotToBeHad_AreNamedWithTheReason() => AssertOneLineAsync(
        "There is no container runtime: /nowhere/podman is not installed.", "--infrastructure", "containers", "--ASPIRE_CONTAINER_RUNTIME=/nowhere/podman");

    private async Task AssertOneLineAsync(string expected, params string[] args)
    {
        var (exitCode, errors, output) = await AppHostProcess.RunAsync(Token, args);

        Assert.AreEqual(1, exitCode, output);
        StringAssert.Contains(errors, expected);
        Assert.DoesNotContain('\n', errors, errors);
        Assert.DoesNotContain("   at ", output, output);
    }
}
