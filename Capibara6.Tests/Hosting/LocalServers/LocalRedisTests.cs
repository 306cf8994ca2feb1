using Capibara6.Hosting.LocalServers.Programs;
using Capibara6.Hosting.LocalServers.Redis;
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
    }

    [TestMethod]
    public void Configuration_PasswordWithQuotes_StaysOneWord()
    {
        var text = RedisConfiguration.Text(Spec(), "/data");
        StringAssert.Contains(text, "requirepass \"it\\x27s\\x20\\x22quoted\\x22\\x20\\x24HOME\"\n");
    }

    private static RedisSpec Spec() => new("redis", LocalServersFixture.FreePort(), Password);

    private Task<TestServer> StartAsync(RedisSpec spec, ServerProgram program) =>
        LocalServersFixture.Shared.StartAsync(spec, program, TestContext.CancellationToken);

    /// <summary>Garnet commits once per second unless it is asked; Redis saves when it stops.</summary>
    private static Task CommitAsync(TestServer server, ServerProgram program) => program.Product == "Garnet"
        ? WithDatabaseAsync(server, database => database.ExecuteAsync("COMMITAOF"))
        : Task.CompletedTask;

    private static async Task WithDatabaseAsync(TestServer server, Func<IDatabase, Task> action)
    {
        var options = new ConfigurationOptions { EndPoints = { { "127.0.0.1", server.Port } }, Password = Password };
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        await action(connection.GetDatabase());
    }
}
