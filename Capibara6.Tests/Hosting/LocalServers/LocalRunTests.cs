using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Capibara6.Hosting.LocalServers;
using Capibara6.Hosting.LocalServers.Programs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;
using StackExchange.Redis;

namespace Capibara6.Tests.Hosting.LocalServers;

/// <summary>An application of no relation to Capibara6, on a machine without a container runtime: what can run does, and goes on running.</summary>
[TestClass]
public sealed class LocalRunTests
{
    private static readonly LogRecorder s_log = new();
    private static readonly TemporaryFolder s_folder = new();
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static DistributedApplication? s_app;

    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    private static string DataFolder => s_folder.File("data");

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        if (!OperatingSystem.IsWindows())
        {
            // The server may run as another user, who has to get through.
            File.SetUnixFileMode(s_folder.Path, File.GetUnixFileMode(s_folder.Path) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        var token = context.CancellationToken;
        var builder = LocalRun.Create();
        builder.Services.AddLogging(logging => logging.AddProvider(s_log));
        builder.Services.AddSingleton<ILocalServer, SleepServer>();
        var secret = LocalRun.Secret(builder);
        var word = builder.AddParameter("word", "word", secret: true);
        var database = builder.AddPostgres("db", builder.AddParameter("owner", "anna"), secret).WithDataBindMount(DataFolder).WithArgs("-c", "max_connections=77")
            .AddDatabase("things");
        var cache = builder.AddRedis("cache", password: word).WithPersistence(TimeSpan.FromSeconds(30), 7);
        builder.AddRabbitMQ("queue", password: word);
        builder.AddContainer("sleeper", "nobody/sleeper");
        builder.AddContainer("web", "nobody/web").WithHttpEndpoint(targetPort: 80);
        builder.AddExecutable("tool", "sleep", ".", "1000");
        builder.AddProject<Emulator>("project").WithReference(database).WithReference(cache).WaitFor(database).WaitFor(cache).WithReplicas(3);
        s_app = builder.Build();
        await s_app.StartAsync(token);
        foreach (var name in new[] { "db", "things", "cache", "tool", "sleeper", "project" })
        {
            await s_app.ResourceNotifications.WaitForResourceHealthyAsync(name, WaitBehavior.WaitOnResourceUnavailable, token).WaitAsync(s_patience, token);
        }
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        if (s_app is not null)
        {
            await s_app.StopAsync(CancellationToken.None);
            await s_app.DisposeAsync();
        }

        s_folder.Dispose();
    }

    [TestMethod]
    public async Task Server_HasWhatTheModelSays()
    {
        Assert.AreEqual("77", await QueryAsync("SHOW max_connections"));
        Assert.AreEqual("anna", await QueryAsync("SELECT current_user"));
        Assert.AreEqual("things", await QueryAsync("SELECT current_database()"));
        Assert.AreEqual(DataFolder, await QueryAsync("SHOW data_directory"));
        foreach (var server in new[] { "db", "things", "cache", "sleeper" })
        {
            StringAssert.StartsWith(Current(server).Properties.Single(property => property.Name == LocalServerResource.RunsAs).Value as string, "local server, ");
        }
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task Server_NeverRunsAsRoot()
    {
        var uid = (await File.ReadAllLinesAsync($"/proc/{Postmaster()}/status", Token)).Single(line => line.StartsWith("Uid:", StringComparison.Ordinal));
        Assert.AreNotEqual("0", uid.Split('\t')[1]);
    }

    [TestMethod]
    public async Task Containers_WithoutARuntime_SaySoAndNothingElseSuffers()
    {
        await s_app!.ResourceNotifications.WaitForResourceAsync("queue", KnownResourceStates.RuntimeUnhealthy, Token).WaitAsync(s_patience, Token);
        await s_app.ResourceNotifications.WaitForResourceAsync("web", KnownResourceStates.RuntimeUnhealthy, Token).WaitAsync(s_patience, Token);
        using var client = s_app.CreateHttpClient("project");
        using var answer = await client.GetAsync(new Uri("/health", UriKind.Relative), Token);
        Assert.IsTrue(answer.IsSuccessStatusCode);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task Postgres_KilledWithABackendThatHangs_StartsAgainWithItsData()
    {
        await QueryAsync("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer; SELECT 1");
        await using var connection = new NpgsqlConnection(await s_app!.GetConnectionStringAsync("things", Token));
        await connection.OpenAsync(Token);
        await SignalAsync("STOP", connection.ProcessID);

        // Twice: the second time while it starts, as soon as it has a number.
        var first = Postmaster();
        await SignalAsync("KILL", first);
        await Eventually.TrueAsync(() => Postmaster() is { } second && second != first, s_patience, "a new server", Token);
        await SignalAsync("KILL", Postmaster()!.Value);

        await AnswersAgainAsync("SELECT answer FROM kept", "42");
        await Eventually.TrueAsync(
            () => Current("db").HealthStatus == HealthStatus.Healthy && Current("things").HealthStatus == HealthStatus.Healthy, s_patience, "its state follows", Token);
        await s_app!.ResourceNotifications.WaitForResourceHealthyAsync("project", Token).WaitAsync(s_patience, Token);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task Redis_Killed_StartsAgain()
    {
        var options = ConfigurationOptions.Parse((await s_app!.GetConnectionStringAsync("cache", Token))!);
        options.AbortOnConnectFail = false;
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        var server = Stand("cache");
        var guardian = s_app!.Services.GetRequiredService<Guardian>();
        var killed = (await guardian.FindAsync(server.Process, Token)).Single().Pid;

        await guardian.SignalAsync("KILL", server.Process, Token);

        await Eventually.TrueAsync(
            async () => (await guardian.FindAsync(server.Process, Token)) is [var again] && again.Pid != killed, s_patience, "a new server", Token);
        await s_app.ResourceNotifications.WaitForResourceHealthyAsync("cache", WaitBehavior.WaitOnResourceUnavailable, Token).WaitAsync(s_patience, Token);
    }

    [TestMethod]
    public async Task Stop_ByAUser_IsNotUndone()
    {
        var commands = s_app!.Services.GetRequiredService<ResourceCommandService>();
        var before = Restarts();

        var stopped = await commands.ExecuteCommandAsync("sleeper", KnownResourceCommands.StopCommand, Token);
        Assert.IsTrue(stopped.Success, stopped.Message);
        await Eventually.TrueAsync(() => KnownResourceStates.TerminalStates.Contains(Current("sleeper").State?.Text), s_patience, "it is stopped", Token);
        var started = await commands.ExecuteCommandAsync("sleeper", KnownResourceCommands.StartCommand, Token);

        Assert.IsTrue(started.Success, started.Message);
        await s_app!.ResourceNotifications.WaitForResourceAsync("sleeper", KnownResourceStates.Running, Token).WaitAsync(s_patience, Token);
        Assert.AreEqual(before, Restarts(), "the host did not start it");

        int Restarts() => s_log.Entries.Count(entry => entry.Message.Contains("'sleeper' has ended", StringComparison.Ordinal));
    }

    private static int? Postmaster()
    {
        var file = Path.Combine(DataFolder, "postmaster.pid");
        try
        {
            return int.TryParse(File.ReadLines(file).FirstOrDefault(), null, out var pid) && Directory.Exists($"/proc/{pid}") ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static LocalServerResource Stand(string server) =>
        s_app!.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<LocalServerResource>().Single(stand => stand.Server.Name == server);

    private static CustomResourceSnapshot Current(string resource)
    {
        Assert.IsTrue(s_app!.ResourceNotifications.TryGetCurrentState(resource, out var state), resource);
        return state.Snapshot;
    }

    private Task<CommandEnd> SignalAsync(string signal, int? pid) => Executables.RunAsync("kill", [$"-{signal}", $"{pid}"], Token);

    private Task AnswersAgainAsync(string sql, string expected) => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                return await QueryAsync(sql) == expected;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        },
        s_patience, "it answers", Token);

    private async Task<string?> QueryAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(await s_app!.GetConnectionStringAsync("things", Token) + ";Pooling=false");
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        return (await command.ExecuteScalarAsync(Token))?.ToString();
    }
}
