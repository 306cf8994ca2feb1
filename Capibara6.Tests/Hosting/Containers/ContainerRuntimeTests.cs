using System.Collections.Concurrent;
using Capibara6.Hosting.Orchestration.Containers;
using Capibara6.Hosting.Orchestration.LocalServers;
using Capibara6.Hosting.Orchestration.Processes;
using Capibara6.Tests.Hosting.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Capibara6.Tests.Hosting.Containers;

[TestClass]
[TestCategory("Container")]
public sealed class ContainerRuntimeTests
{
    private const string Password = "s3cret with space";
    private readonly TemporaryFolder _state = new();
    private readonly string _name = $"capibara6-test-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}";
    private HostRun _run = null!;
    private IContainerRuntime _runtime = null!;

    public TestContext TestContext { get; set; } = null!;

    [TestInitialize]
    public async Task FindRuntimeAsync()
    {
        TestContainers.Require();
        _run = HostRun.Begin(_state.Path, TimeProvider.System, NullLogger<HostRun>.Instance);
        _runtime = await TestContainers.RuntimeAsync(_run, TestContext.CancellationToken);
    }

    [TestCleanup]
    public void EndRun()
    {
        _run?.Dispose();
        _state.Dispose();
    }

    [TestMethod]
    public async Task Start_PostgresWithVolume_KeepsTheData()
    {
        var spec = Postgres() with { Mounts = [new ContainerMount(ContainerMountKind.Volume, _name, "/var/lib/postgresql")] };
        await using (var first = await _runtime.StartAsync(spec, TestContext.CancellationToken))
        {
            await EventuallyAnswersAsync(first, "CREATE TABLE kept AS SELECT 42 AS answer");
            await first.StopAsync(TestContext.CancellationToken);
            Assert.IsTrue(first.Exit.IsCompleted);
        }

        await using var second = await _runtime.StartAsync(spec, TestContext.CancellationToken);
        await EventuallyAnswersAsync(second, "SELECT answer FROM kept");
        await second.StopAsync(TestContext.CancellationToken);

        Assert.IsEmpty(await ContainersAsync());
        await _runtime.RemoveVolumeAsync(_name, TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Start_Redis_AnswersOnTheHost()
    {
        var port = LocalServersFixture.FreePort();
        var spec = Redis() with
        {
            Entrypoint = "/bin/sh",
            Arguments = ["-c", "redis-server --requirepass $REDIS_PASSWORD"],
            Environment = new Dictionary<string, string> { ["REDIS_PASSWORD"] = "secret" },
            Ports = [new ContainerPort(port, 6379)],
        };

        await using var redis = await _runtime.StartAsync(spec, TestContext.CancellationToken);

        await Eventually.TrueAsync(
            () => RedisPing.AnswersAsync(port, "secret", TestContext.CancellationToken), TimeSpan.FromSeconds(20), "redis answers", TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Start_VariablesAndOutput_ArriveAndStayOffTheCommandLine()
    {
        var lines = new ConcurrentQueue<ProcessLine>();
        var value = "a=b \"c\" $d #e é";
        await using var container = await _runtime.StartAsync(
            Shell("echo \"$SECRET\"; echo problem >&2; exit 3") with
            {
                Environment = new Dictionary<string, string> { ["SECRET"] = value },
                OnLine = lines.Enqueue,
            },
            TestContext.CancellationToken);

        var exit = await container.Exit.WaitAsync(TestContext.CancellationToken);

        Assert.AreEqual(3, exit.ExitCode);
        CollectionAssert.AreEquivalent(new[] { new ProcessLine(value, false), new ProcessLine("problem", true) }, lines);
        Assert.IsEmpty(Directory.GetDirectories(Path.GetTempPath(), "capibara6-env-*"));
    }

    [TestMethod]
    public async Task Start_TwoOnANetwork_FindEachOtherByAlias()
    {
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _runtime.EnsureNetworkAsync(_name, isPersistent: false, TestContext.CancellationToken)));
        await using var redis = await _runtime.StartAsync(
            Redis() with { Network = _name, NetworkAliases = ["cache.dev.internal"] }, TestContext.CancellationToken);
        await using var client = await _runtime.StartAsync(
            Shell("grep -q my.host /etc/hosts || exit 9; for i in 1 2 3 4 5 6 7 8 9; do redis-cli -h cache.dev.internal ping && exit 0; sleep 1; done; exit 1") with { Name = _name + "-client", Network = _name, HostAlias = "my.host" },
            TestContext.CancellationToken);

        var exit = await client.Exit.WaitAsync(TestContext.CancellationToken);

        Assert.AreEqual("PONG", exit.LastLines[^1]);
        await client.DisposeAsync();
        await redis.DisposeAsync();
        await _runtime.RemoveRunAsync(_run.Id, TestContext.CancellationToken);
        Assert.IsFalse((await TestContainers.PodmanAsync(TestContext.CancellationToken, "network", "ls", "--quiet")).Contains(_name));
    }

    [TestMethod]
    public async Task Start_Persistent_IsUsedAgainUntilItsDescriptionChanges()
    {
        var spec = Shell("trap 'exit 0' TERM; while :; do sleep 0.2; done") with { IsPersistent = true };
        string first;
        await using (var container = await _runtime.StartAsync(spec, TestContext.CancellationToken))
        {
            first = container.Id;
        }

        await using var again = await _runtime.StartAsync(spec, TestContext.CancellationToken);
        var changed = spec with { Environment = new Dictionary<string, string> { ["NEW"] = "1" } };
        await using var other = await _runtime.StartAsync(changed, TestContext.CancellationToken);
        await TestContainers.PodmanAsync(TestContext.CancellationToken, "rm", "--force", "--volumes", _name);

        Assert.AreEqual(first, again.Id);
        Assert.AreNotEqual(first, other.Id);
    }

    [TestMethod]
    public async Task EnsureImage_Missing_SaysSo()
    {
        var error = await Assert.ThrowsExactlyAsync<ContainerException>(() => _runtime.EnsureImageAsync(
            "localhost/capibara6-no-such-image:1", ImagePull.Never, onLine: null, TestContext.CancellationToken));
        StringAssert.Contains(error.Message, "localhost/capibara6-no-such-image:1 is not on this machine");

        // A closed port of this machine stands for a registry that is down.
        error = await Assert.ThrowsExactlyAsync<ContainerException>(() => _runtime.EnsureImageAsync(
            $"localhost:{LocalServersFixture.FreePort()}/image:1", ImagePull.Missing, onLine: null, TestContext.CancellationToken));
        StringAssert.Contains(error.Message, "could not pull the image localhost:");
        StringAssert.Contains(error.Message, "refused");
    }

    [TestMethod]
    public async Task Start_RuntimeRefuses_GivesItsWordsAndLeavesNothing()
    {
        var error = await Assert.ThrowsExactlyAsync<ContainerException>(
            () => _runtime.StartAsync(Redis() with { Entrypoint = "/no/such/program" }, TestContext.CancellationToken));

        StringAssert.Contains(error.Message, "/no/such/program");
        Assert.IsEmpty(await ContainersAsync());
    }

    [TestMethod]
    public async Task Host_Killed_LeavesNoContainer()
    {
        var lines = new ConcurrentQueue<string>();
        var runner = new ProcessRunner(run: null, TimeProvider.System, NullLogger<ProcessRunner>.Instance);
        await using var host = runner.Start(ChildHost.Spec("container", _state.Path, _name) with
        {
            Environment = TestContainers.EnvironmentOfChildren,
            OnLine = line => lines.Enqueue(line.Text),
        });
        await Eventually.TrueAsync(() => lines.Contains("ready"), TimeSpan.FromSeconds(60), "container started", TestContext.CancellationToken);
        Assert.HasCount(1, await ContainersAsync());

        ProcessTable.KillProcess(host.Pid);

        await Eventually.TrueAsync(
            async () => (await ContainersAsync()).Count == 0, TimeSpan.FromSeconds(10), "container removed", TestContext.CancellationToken);
    }

    private ContainerSpec Postgres() => new(TestContainers.PostgresImage, _name)
    {
        Environment = new Dictionary<string, string>
        {
            ["POSTGRES_USER"] = "postgres",
            ["POSTGRES_PASSWORD"] = Password,
            ["POSTGRES_HOST_AUTH_METHOD"] = "scram-sha-256",
            ["POSTGRES_INITDB_ARGS"] = "--auth-host=scram-sha-256 --auth-local=scram-sha-256",
        },
        Ports = [new ContainerPort(HostPort: null, 5432)],
    };

    private ContainerSpec Redis() => new(TestContainers.RedisImage, _name);

    private ContainerSpec Shell(string script) => Redis() with { Entrypoint = "/bin/sh", Arguments = ["-c", script] };

    private Task<IReadOnlyList<string>> ContainersAsync() =>
        TestContainers.PodmanAsync(TestContext.CancellationToken, "ps", "--all", "--quiet", "--filter", $"name={_name}");

    private Task EventuallyAnswersAsync(IRunningContainer container, string sql) => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                var settings = new NpgsqlConnectionStringBuilder
                {
                    Host = "127.0.0.1", Port = container.Ports[0].HostPort!.Value, Username = "postgres", Password = Password, Database = "postgres", Pooling = false,
                };
                await using var connection = new NpgsqlConnection(settings.ConnectionString);
                await connection.OpenAsync(TestContext.CancellationToken);
                await using var command = new NpgsqlCommand(sql, connection);
                await command.ExecuteNonQueryAsync(TestContext.CancellationToken);
                return true;
            }
            catch (NpgsqlException error) when (error is not PostgresException { SqlState: not PostgresErrorCodes.CannotConnectNow })
            {
                return false;
            }
        },
        TimeSpan.FromSeconds(40), $"postgres answers {sql}", TestContext.CancellationToken);
}
