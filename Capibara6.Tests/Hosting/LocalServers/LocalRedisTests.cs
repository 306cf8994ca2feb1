using System.Net;
using System.Net.Sockets;
using Capibara6.Hosting.Orchestration.LocalServers;
using Capibara6.Hosting.Orchestration.Processes;
using StackExchange.Redis;

namespace Capibara6.Tests.Hosting.LocalServers;

[TestClass]
public sealed class LocalRedisTests
{
    private const string Password = "it's \"quoted\" $HOME";
    private readonly TemporaryFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void DeleteFolder() => _folder.Dispose();

    [TestMethod]
    public async Task Start_DataFolderAgain_KeepsTheKeys()
    {
        var program = await LocalServersFixture.Shared.RedisPrograms.FindAsync(TestContext.CancellationToken);
        await using (var first = await StartAsync(Spec() with { DataFolder = _folder.Path }, program))
        {
            await WithDatabaseAsync(first, database => database.StringSetAsync("key", "kept"));
            await CommitAsync(first, program);
            await first.StopAsync(TestContext.CancellationToken);
        }

        await using var second = await StartAsync(Spec() with { DataFolder = _folder.Path }, program);
        string? found = null;
        await WithDatabaseAsync(second, async database => found = await database.StringGetAsync("key"));
        await second.StopAsync(TestContext.CancellationToken);

        Assert.AreEqual("kept", found);
        StringAssert.StartsWith(second.Description, "local server, ");
        Assert.IsNull(ProcessTable.StartMark(second.Pid));
    }

    [TestMethod]
    public async Task Start_PortTaken_NamesThePort()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var error = await Assert.ThrowsExactlyAsync<LocalServerException>(
            () => LocalServersFixture.Shared.Redis.StartAsync(Spec() with { Port = port }, TestContext.CancellationToken));

        StringAssert.Contains(error.Message, $"can't listen on port {port}");
    }

    [TestMethod]
    public async Task Start_PortTakenMeanwhile_NamesThePort()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var program = await LocalServersFixture.Shared.RedisPrograms.FindAsync(TestContext.CancellationToken);

        var error = await Assert.ThrowsExactlyAsync<LocalServerException>(() => StartAsync(Spec() with { Port = port }, program));

        StringAssert.Contains(error.Message, $"can't listen on port {port}");
    }

    [TestMethod]
    public async Task Ping_WrongPassword_IsNoAnswer()
    {
        var shared = await TestRedis.GetAsync(TestContext.CancellationToken);
        var port = ((IPEndPoint)ConfigurationOptions.Parse(shared.ConnectionString).EndPoints[0]).Port;

        Assert.IsFalse(await RedisPing.AnswersAsync(port, "wrong", TestContext.CancellationToken));
    }

    [TestMethod]
    public void Configuration_PasswordWithQuotes_StaysOneWord()
    {
        var text = RedisConfiguration.Text(Spec(), "/data");
        StringAssert.Contains(text, "requirepass \"it\\x27s\\x20\\x22quoted\\x22\\x20\\x24HOME\"\n");
    }

    private static RedisSpec Spec() => new("redis", LocalServersFixture.FreePort(), Password);

    private Task<ILocalServer> StartAsync(RedisSpec spec, ServerProgram program) =>
        LocalServersFixture.Shared.Redis.StartAsync(spec, program, TestContext.CancellationToken);

    /// <summary>Garnet commits once per second unless it is asked; Redis saves when it stops.</summary>
    private static Task CommitAsync(ILocalServer server, ServerProgram program) => program.Product == "Garnet"
        ? WithDatabaseAsync(server, database => database.ExecuteAsync("COMMITAOF"))
        : Task.CompletedTask;

    private static async Task WithDatabaseAsync(ILocalServer server, Func<IDatabase, Task> action)
    {
        var options = new ConfigurationOptions { EndPoints = { { "127.0.0.1", server.Port } }, Password = Password };
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        await action(connection.GetDatabase());
    }
}
