using Capibara6.Core.Data;

namespace Capibara6.Worker.Migrations;

/// <summary>
/// Brings the schema up to this build, then lets the rest of the worker begin. It does not hold up the host's start: while
/// it waits for a database, the process is alive and says that it is not ready.
/// </summary>
internal sealed class MigrationService(ISchemaMigrator migrator, IHostApplicationLifetime lifetime, ILogger<MigrationService> logger)
    : BackgroundService
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the schema fits.</summary>
    public Task Done => _done.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await migrator.MigrateAsync(stoppingToken);
            _done.SetResult();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _done.TrySetCanceled(stoppingToken);
        }
        catch (Exception exception)
        {
            // A migration that is wrong does not heal by waiting: end, so that whoever runs this sees it.
            MigrationLog.Failed(logger, exception);
            Environment.ExitCode = 1;
            _done.TrySetCanceled(CancellationToken.None);
            lifetime.StopApplication();
        }
    }
}
