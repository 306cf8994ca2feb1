using System.Diagnostics;
using Npgsql;

namespace Capibara6.Tests.Worker;

/// <summary>The worker as a release runs it before anything else: a process that migrates and ends.</summary>
[TestClass]
public sealed class MigrateOnlyTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Run_EmptyDatabase_MigratesAndEndsWithZero()
    {
        await using var database = await TestDatabases.CreateAsync(TestContext.CancellationToken);

        var (exitCode, output) = await RunAsync(database.ConnectionString);

        Assert.AreEqual(0, exitCode, output);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(TestContext.CancellationToken);
        await using var command = new NpgsqlCommand("SELECT count(*) FROM information_schema.tables WHERE table_name = 'jobs'", connection);
        Assert.AreEqual(1L, await command.ExecuteScalarAsync(TestContext.CancellationToken));
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string database)
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(Repository.Root, "artifacts", "bin", "Capibara6.Worker", configuration, "Capibara6.Worker.dll"));
        start.ArgumentList.Add("--migrate-only");
        start.Environment["ConnectionStrings__capibara6"] = database;
        start.Environment["ConnectionStrings__metrics"] = database;
        start.Environment["ConnectionStrings__redis"] = "127.0.0.1:1,abortConnect=false,connectTimeout=200";
        start.Environment["ConnectionStrings__models"] = "Endpoint=http://127.0.0.1:1/v1;Key=unused";
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Shutdown__DrainDelay"] = "00:00:00";
        start.Environment["Identity__AdminPassword"] = "correct horse battery staple";
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
            await process.WaitForExitAsync(TestContext.CancellationToken);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
