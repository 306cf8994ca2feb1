using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;
using Capibara6.Core.Queries;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Capibara6.Tests.Core;

/// <summary>One process of the system as far as queries and batches go: Core's real services on real servers.</summary>
internal sealed class CoreReplica : IAsyncDisposable
{
    private readonly IHost _host;

    private CoreReplica(IHost host, LogRecorder log)
    {
        _host = host;
        Log = log;
    }

    public IServiceProvider Services => _host.Services;

    public LogRecorder Log { get; }

    public IQueryPipeline Pipeline => Services.GetRequiredService<IQueryPipeline>();

    public IBatches Batches => Services.GetRequiredService<IBatches>();

    public IJobQueue Queue => Services.GetRequiredService<IJobQueue>();

    public static Caller Alice { get; } = new(new Guid("0190a000-0000-7000-8000-00000000000a"), "alice", new HashSet<string> { "read", "execute" });

    public static Caller Bob { get; } = new(new Guid("0190a000-0000-7000-8000-00000000000b"), "bob", new HashSet<string> { "read", "execute" });

    /// <param name="database">Connection string of the main database.</param>
    /// <param name="models">Connection string of the models; null where none is asked.</param>
    /// <param name="settings">Further configuration.</param>
    public static async Task<CoreReplica> StartAsync(
        string database,
        string? models,
        CancellationToken cancellationToken,
        TestRedis? redis = null,
        Dictionary<string, string?>? settings = null,
        Action<IServiceCollection>? services = null)
    {
        var log = new LogRecorder();
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Production", DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:capibara6"] = database,
            ["ConnectionStrings:models"] = models ?? "Endpoint=http://127.0.0.1:9/v1",
            ["Redis:KeyPrefix"] = redis?.Prefix ?? "none:",
            ["Usage:FlushInterval"] = "00:00:00.02",
        });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log));
        if (redis is not null)
        {
            var options = ConfigurationOptions.Parse(redis.ConnectionString);
            options.AbortOnConnectFail = false;
            var multiplexer = await ConnectionMultiplexer.ConnectAsync(options);
            builder.Services.AddSingleton<IConnectionMultiplexer>(_ => multiplexer);
        }

        builder.AddMainDatabase();
        builder.Services.AddCapibara6Core();
        services?.Invoke(builder.Services);
        var replica = new CoreReplica(builder.Build(), log);
        await replica._host.StartAsync(cancellationToken);
        return replica;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _host.StopAsync(cancellationToken);

    public static T Value<T>(Outcome<T> outcome) => outcome switch
    {
        Outcome<T>.Success success => success.Value,
        Outcome<T>.Failed failed => throw new AssertFailedException($"{failed.Failure.Code}: {failed.Failure.Message}"),
        _ => throw new AssertFailedException("neither success nor failure"),
    };

    public static Failure Failure<T>(Outcome<T> outcome) =>
        outcome is Outcome<T>.Failed failed ? failed.Failure : throw new AssertFailedException("it succeeded");

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}

/// <summary>Keeps what was logged, exceptions included, to look for what must not be there.</summary>
internal sealed class LogRecorder : ILoggerProvider, ILogger
{
    private readonly List<string> _lines = [];

    public string Text
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines)
        {
            _lines.Add($"{logLevel} {formatter(state, exception)} {exception}");
        }
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
    }
}
