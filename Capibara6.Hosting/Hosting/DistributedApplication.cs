using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting;
using Capibara6.Hosting.Orchestration;
using Capibara6.Hosting.Orchestration.Reporting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>An application of several resources: it runs on this machine, or is published.</summary>
public class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;
    private readonly ApplicationLifecycle _lifecycle;
    private bool _started;
    private bool _disposed;

    public DistributedApplication(IHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        _host = host;
        _lifecycle = host.Services.GetRequiredService<ApplicationLifecycle>();
    }

    public IServiceProvider Services => _host.Services;

    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    public static IDistributedApplicationBuilder CreateBuilder(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        return new DistributedApplicationBuilder(args);
    }

    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) => new DistributedApplicationBuilder(options);

    /// <summary>
    /// Runs until the program is told to stop, or publishes. A mistake in the model or its environment is one line on the
    /// standard error stream and exit code 1.
    /// </summary>
    public void Run()
    {
        try
        {
            RunAsync().GetAwaiter().GetResult();
        }
        catch (Exception exception) when (!_lifecycle.ShowsExceptionDetails && ModelErrors.Find(exception) is { } error)
        {
            ModelErrors.Write(error);
            Environment.ExitCode = ModelErrors.ExitCode;
        }
    }

    /// <inheritdoc cref="Run"/>
    /// <exception cref="DistributedApplicationException">The model or its environment is wrong; the message says how.</exception>
    public virtual async Task RunAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            if (Services.GetService<CommandLineRun>() is { } run)
            {
                run.IsActive = true;
                if (run.ShowsHelp)
                {
                    run.WriteHelp();
                    return;
                }
            }

            await StartAsync(cancellationToken).ConfigureAwait(false);
            await _host.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
            Services.GetService<RunFailures>()?.ThrowIfFatal();
        }
        finally
        {
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Starts the application; in publish mode it publishes and then ends.</summary>
    public virtual async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _lifecycle.BeforeStartAsync(cancellationToken).ConfigureAwait(false);
        // Made here: a host that failed to make its services can't be stopped.
        _ = Services.GetServices<IHostedService>().Count();
        _started = true;
        try
        {
            await _host.StartAsync(cancellationToken).ConfigureAwait(false);
            await _lifecycle.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // What has started already must not be left behind.
            await StopAfterFailureAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task StopAfterFailureAsync()
    {
        try
        {
            await _host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ArgumentNullException or AggregateException)
        {
            // A host whose services could not even be made can't be stopped. The failure to start is what has to be told.
        }
    }

    public virtual Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <summary>Stops the application if it still runs, and frees what it holds.</summary>
    public virtual void Dispose()
    {
        DisposeCoreAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc cref="Dispose"/>
    public virtual async ValueTask DisposeAsync()
    {
        await DisposeCoreAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    private async ValueTask DisposeCoreAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_started && !Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.IsCancellationRequested)
        {
            await _host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }

        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            _host.Dispose();
        }
    }

    Task IHost.StartAsync(CancellationToken cancellationToken) => StartAsync(cancellationToken);

    Task IHost.StopAsync(CancellationToken cancellationToken) => StopAsync(cancellationToken);
}
