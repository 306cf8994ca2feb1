using Capibara6.Core.Redis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Capibara6.Tests.Core.Redis;

[TestClass]
public sealed class RedisLinkTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Log_PasswordRefused_SaysOnceWhy()
    {
        var redis = await TestRedis.GetAsync(Token);
        var options = ConfigurationOptions.Parse(redis.ConnectionString);
        options.AbortOnConnectFail = false;
        options.ConnectRetry = 1;
        options.Password = "not the password";
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(options);
        using var recorder = new Tests.LogRecorder();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(recorder));
        var link = new RedisLink(multiplexer, Options.Create(new RedisOptions { KeyPrefix = redis.Prefix }), TimeProvider.System, factory.CreateLogger<RedisLink>());
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        multiplexer.ConnectionFailed += (_, _) => failed.TrySetResult();
        await multiplexer.ConfigureAsync();
        await failed.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);

        for (var i = 0; i < 3; i++)
        {
            Assert.AreEqual(-1, await link.TryAsync(static (database, _) => database.StringLengthAsync("any"), 0, -1L, Token));
        }

        var (_, level, message) = recorder.Entries.Single();
        Assert.AreEqual(LogLevel.Warning, level);
        Assert.Contains("AuthenticationFailure", message);
    }
}
