using System.Diagnostics;

namespace Capibara6.Tests.Core.Measurements;

/// <summary>The real TimescaleDB extension without a container: PostgreSQL in WebAssembly, from npm. One connection at a time.</summary>
internal sealed class TimescaleServer : IAsyncDisposable
{
    private static readonly string s_source = Path.Combine(Repository.Root, "Capibara6.Tests", "Core", "Measurements", "Timescale");

    private readonly TemporaryFolder _folder = new();
    private Process? _server;

    private TimescaleServer(int port) => ConnectionString =
        $"Host=127.0.0.1;Port={port};Username=postgres;Password=none;Database=postgres;SSL Mode=Disable;Server Compatibility Mode=NoTypeLoading;No Reset On Close=true;Maximum Pool Size=1;Command Timeout=120";

    public string ConnectionString { get; }

    public static async Task<TimescaleServer> StartAsync(CancellationToken cancellationToken)
    {
        var port = LocalServersFixture.FreePort();
        var server = new TimescaleServer(port);
        foreach (var file in Directory.GetFiles(s_source))
        {
            File.Copy(file, Path.Combine(server._folder.Path, Path.GetFileName(file)));
        }

        using (var install = server.Run("npm", "install", "--legacy-peer-deps", "--no-audit", "--no-fund", "--ignore-scripts"))
        {
            var output = install.StandardOutput.ReadToEndAsync(cancellationToken);
            await install.WaitForExitAsync(cancellationToken);
            Assert.AreEqual(0, install.ExitCode, await output);
        }

        server._server = server.Run("node", "server.mjs", port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.AreEqual("ready", await server._server.StandardOutput.ReadLineAsync(cancellationToken));
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            server.Kill();
            await server.WaitForExitAsync();
            server.Dispose();
        }

        _folder.Dispose();
    }

    private Process Run(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = _folder.Path, RedirectStandardInput = true, RedirectStandardOutput = true,
    })!;
}
