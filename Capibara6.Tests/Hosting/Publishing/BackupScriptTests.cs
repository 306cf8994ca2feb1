using System.Diagnostics;
using Capibara6.Hosting.Publishing.Backups;
using Npgsql;

namespace Capibara6.Tests.Hosting.Publishing;

/// <summary>The scripts that the backup jobs run, on a real PostgreSQL and with its own tools.</summary>
[TestClass]
public sealed class BackupScriptTests
{
    private readonly TemporaryFolder _folder = new();
    private TestDatabase _database = null!;

    public TestContext TestContext { get; set; } = null!;

    [TestInitialize]
    public async Task FillAsync()
    {
        if (Tools() is null)
        {
            Assert.Inconclusive("pg_dump and psql are not on this machine.");
        }

        _database = await TestDatabases.CreateAsync(TestContext.CancellationToken);
        await ExecuteAsync("CREATE TABLE kept (id int PRIMARY KEY, text text); INSERT INTO kept VALUES (1, 'before')");
    }

    [TestCleanup]
    public async Task CleanAsync()
    {
        _folder.Dispose();
        if (_database is null)
        {
            return;
        }

        await using var server = new NpgsqlConnection(await TestDatabases.ServerConnectionStringAsync(CancellationToken.None));
        await server.OpenAsync(CancellationToken.None);
        await using (var find = new NpgsqlCommand("SELECT datname FROM pg_database WHERE datname LIKE @like", server))
        {
            find.Parameters.AddWithValue("like", _database.Name.Replace("_", "\\_", StringComparison.Ordinal) + "\\_%");
            var others = new List<string>();
            await using (var reader = await find.ExecuteReaderAsync(CancellationToken.None))
            {
                while (await reader.ReadAsync(CancellationToken.None))
                {
                    others.Add(reader.GetString(0));
                }
            }

            foreach (var other in others)
            {
                await TestDatabases.DropAsync($"\"{other}\"");
            }
        }

        await _database.DisposeAsync();
    }

    [TestMethod]
    public async Task Restore_AfterBackupAndLoss_BringsTheDataBackAndKeepsWhatWasThere()
    {
        var backup = await RunAsync(BackupScripts.Backup.Content);
        Assert.AreEqual(0, backup.ExitCode, backup.Output);
        await ExecuteAsync("UPDATE kept SET text = 'lost'");
        NpgsqlConnection.ClearAllPools();

        var restore = await RunAsync(BackupScripts.Restore.Content);

        Assert.AreEqual(0, restore.ExitCode, restore.Output);
        Assert.AreEqual("before", await ScalarAsync(_database.Name, "SELECT text FROM kept"));
        var old = (string)(await ScalarAsync("postgres", $"SELECT datname FROM pg_database WHERE datname LIKE '{_database.Name}_before_%'"))!;
        Assert.AreEqual("lost", await ScalarAsync(old, "SELECT text FROM kept"));
    }

    [TestMethod]
    public async Task Restore_DumpThatIsCut_ChangesNothing()
    {
        Assert.AreEqual(0, (await RunAsync(BackupScripts.Backup.Content)).ExitCode);
        var dump = Directory.GetFiles(Path.Combine(_folder.Path, "backups"), "*.dump").Single();
        await using (var file = File.OpenWrite(dump))
        {
            file.SetLength(file.Length / 2);
        }

        var restore = await RunAsync(BackupScripts.Restore.Content);

        Assert.AreNotEqual(0, restore.ExitCode);
        Assert.AreEqual("before", await ScalarAsync(_database.Name, "SELECT text FROM kept"));
    }

    [TestMethod]
    public async Task Restore_NoDump_SaysSo()
    {
        var restore = await RunAsync(BackupScripts.Restore.Content);

        Assert.AreEqual(1, restore.ExitCode);
        Assert.Contains($"no dump of {_database.Name}", restore.Output);
    }

    [TestMethod]
    public async Task Backup_ThatFails_LeavesNoPartAndRemovesOldDumpsButTheLast()
    {
        var folder = Path.Combine(_folder.Path, "backups");
        Directory.CreateDirectory(folder);
        foreach (var stamp in new[] { "20200101T000000Z", "20200102T000000Z" })
        {
            var dump = Path.Combine(folder, $"{_database.Name}-{stamp}.dump");
            await File.WriteAllTextAsync(dump, "old", TestContext.CancellationToken);
            File.SetLastWriteTimeUtc(dump, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-30));
        }

        await TestDatabases.DropAsync($"\"{_database.Name}\"");
        var backup = await RunAsync(BackupScripts.Backup.Content);

        Assert.AreNotEqual(0, backup.ExitCode);
        CollectionAssert.AreEqual(new[] { $"{_database.Name}-20200102T000000Z.dump" }, Directory.GetFiles(folder).Select(Path.GetFileName).ToList());
    }

    [TestMethod]
    public async Task Backup_OldDumps_AreRemoved()
    {
        var old = Path.Combine(_folder.Path, "backups", $"{_database.Name}-20200101T000000Z.dump");
        Directory.CreateDirectory(Path.GetDirectoryName(old)!);
        await File.WriteAllTextAsync(old, "old", TestContext.CancellationToken);
        File.SetLastWriteTimeUtc(old, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-30));

        var backup = await RunAsync(BackupScripts.Backup.Content);

        Assert.AreEqual(0, backup.ExitCode, backup.Output);
        Assert.IsFalse(File.Exists(old));
        Assert.HasCount(1, Directory.GetFiles(Path.Combine(_folder.Path, "backups")));
    }

    private static string? Tools() => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(static version => Path.Combine(version, "bin")) : [])
        .FirstOrDefault(static folder => File.Exists(Path.Combine(folder, "pg_dump")) && File.Exists(Path.Combine(folder, "psql")));

    private async Task<(int ExitCode, string Output)> RunAsync(string script)
    {
        var connection = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        var secrets = Directory.CreateDirectory(Path.Combine(_folder.Path, "secrets")).FullName;
        var backups = Directory.CreateDirectory(Path.Combine(_folder.Path, "backups")).FullName;
        await File.WriteAllTextAsync(Path.Combine(secrets, "PGPASSWORD"), connection.Password, TestContext.CancellationToken);
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["PATH"] = $"{Tools()}:{Environment.GetEnvironmentVariable("PATH")}",
            ["PGHOST"] = connection.Host!,
            ["PGPORT"] = $"{connection.Port}",
            ["PGUSER"] = connection.Username!,
            ["BACKUP_DATABASES"] = _database.Name,
            ["BACKUP_FOLDER"] = backups,
            ["KEEP_DAYS"] = "14",
            ["SECRETS_FOLDER"] = secrets,
        })
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        await process.WaitForExitAsync(TestContext.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    private Task<object?> ExecuteAsync(string sql) => ScalarAsync(_database.Name, sql);

    private async Task<object?> ScalarAsync(string database, string sql)
    {
        var target = new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Database = database, Pooling = false };
        await using var connection = new NpgsqlConnection(target.ConnectionString);
        await connection.OpenAsync(TestContext.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.CancellationToken);
    }
}
