using Capibara6.Hosting.Orchestration.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Capibara6.Tests.Hosting.Containers;

/// <summary>Which runtime is taken: with programs that stand for docker and podman in their states.</summary>
[TestClass]
[OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
public sealed class ContainerRuntimesTests
{
    private readonly TemporaryFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void DeleteFolder() => _folder.Dispose();

    [TestMethod]
    public async Task Find_BothWork_TakesTheFirst()
    {
        var choice = await FindAsync(Program("docker", "echo 'Docker version 28.1'"), Program("podman", "echo 'podman version 5.0'"));
        Assert.AreEqual("docker", choice.Runtime!.Name);
        Assert.AreEqual("Docker version 28.1", choice.Runtime.Version);
    }

    [TestMethod]
    public async Task Find_DockerWithoutDaemon_TakesPodman()
    {
        var choice = await FindAsync(Program("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1"), Program("podman", "echo 'podman version 5.0'"));
        Assert.AreEqual("podman", choice.Runtime!.Name);
    }

    [TestMethod]
    public async Task Find_NoneWorks_SaysWhatEachSaid()
    {
        var choice = await FindAsync(Program("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1"), Path.Combine(_folder.Path, "podman"));

        Assert.IsNull(choice.Runtime);
        StringAssert.Contains(choice.Reason, "Cannot connect to the Docker daemon");
        StringAssert.Contains(choice.Reason, "podman is not installed");
    }

    [TestMethod]
    public async Task Find_UserChoseAnUnknownOne_SaysWhichThereAre()
    {
        var choice = await Runtimes().FindAsync(name => name == "ASPIRE_CONTAINER_RUNTIME" ? "nerdctl" : null, TestContext.CancellationToken);
        Assert.IsNull(choice.Runtime);
        StringAssert.Contains(choice.Reason, "docker, podman, or the full path");
    }

    [TestMethod]
    public void Create_FullDescription_HoldsNoSecret()
    {
        var spec = new ContainerSpec("image:1", "name")
        {
            Environment = new Dictionary<string, string> { ["PASSWORD"] = "hunter2" },
            Ports = [new ContainerPort(8080, 80)],
            Mounts = [new ContainerMount(ContainerMountKind.Bind, "/host", "/inside", IsReadOnly: true)],
            Entrypoint = "/bin/sh",
            Arguments = ["-c", "true"],
        };

        var words = string.Join(' ', ContainerArguments.Create(spec, "run", hostAddress: null, "/tmp/env"));

        StringAssert.Contains(words, "--publish 127.0.0.1:8080:80/tcp --mount type=bind,source=/host,target=/inside,readonly");
        StringAssert.EndsWith(words, "--entrypoint /bin/sh image:1 -c true");
        Assert.IsFalse(words.Contains("hunter2", StringComparison.Ordinal));
    }

    private Task<ContainerRuntimeChoice> FindAsync(params string[] programs) => Runtimes().FindAsync(programs, TestContext.CancellationToken);

    private static ContainerRuntimes Runtimes() => new(
        LocalServersFixture.Shared.Run, LocalServersFixture.Shared.Runner, TimeProvider.System, NullLogger<ContainerRuntime>.Instance);

    private string Program(string name, string script)
    {
        var file = Path.Combine(_folder.Path, name);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return file;
    }
}
