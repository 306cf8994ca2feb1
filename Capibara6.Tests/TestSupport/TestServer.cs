using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Capibara6.Hosting.LocalServers.Postgres;
using Capibara6.Hosting.LocalServers.Programs;
using Capibara6.Hosting.LocalServers.Redis;
using Npgsql;
using StackExchange.Redis;

namespace Capibara6.Tests;

/// <summary>A server that runs beside the tests, without the orchestrator.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private readonly Guardian _guardian;
    private readonly LocalServerProcess _server;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private TestServer(Guardian guardian, LocalServerProcess server, int port, string host)
    {
        (_guardian, _server, Port) = (guardian, server, port);
        var command = Guardian.CommandOf(server);
        var info = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = server.Folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in server.Environment)
        {
            info.Environment[name] = value;
        }

        info.Environment[Guardian.Mark.Key] = host;

        guardian.EndAtEnd(server);
        _process = new Process { StartInfo = info };
        _process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? string.Empty);
        _process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? string.Empty);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Port { get; }

    public LocalServerProcess Process => _server;

    public static async Task<TestServer> StartAsync(
        Guardian guardian, LocalServerProcess server, int port, Func<CancellationToken, Task<bool>> answers, CancellationToken cancellationToken, string? host = null)
    {
        var started = new TestServer(guardian, server, port, host ?? Guardian.Mark.Value);
        await Eventually.TrueAsync(
            async () => started._process.HasExited || await answers(cancellationToken), s_limit, () => string.Join('\n', started._lines), cancellationToken);
        Assert.IsFalse(started._process.HasExited, string.Join('\n', started._lines));
        return started;
    }

    public static Func<CancellationToken, Task<bool>> PostgresAnswersAsync(PostgresSpec spec) => async cancellationToken =>
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1", Port = spec.Port, Username = spec.UserName, Password = spec.Password, Database = "postgres", Pooling = false,
        };
        try
        {
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException error) when (error is not PostgresException { SqlState: PostgresErrorCodes.InvalidPassword })
        {
            return false;
        }
    };

    public static Func<CancellationToken, Task<bool>> RedisAnswersAsync(RedisSpec spec) => async _ =>
    {
        try
        {
            var options = new ConfigurationOptions { EndPoints = { { "127.0.0.1", spec.Port } }, Password = spec.Password, ConnectRetry = 0, ConnectTimeout = 2000 };
            await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
            await connection.GetDatabase().PingAsync();
            return true;
        }
        catch (RedisException)
        {
            return false;
        }
    };

    /// <summary>Shuts the server down in order.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!_process.HasExited)
        {
            await _guardian.SignalAsync(_server.StopsOnInterrupt ? "INT" : "TERM", _server, cancellationToken);
            await _process.WaitForExitAsync(cancellationToken);
        }
    }

    /// <summary>The number of its main process.</summary>
    public int Pid => _server.PidFile is { } file && File.Exists(file)
        ? int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture)
        : _process.Id;

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _process.Dispose();
    }
}
