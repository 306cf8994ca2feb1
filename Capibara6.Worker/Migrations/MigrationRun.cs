namespace Capibara6.Worker.Migrations;

/// <summary>A worker started for the migrations alone: ends when the schema fits, with 0 only if it does.</summary>
internal sealed class MigrationRun(MigrationService migrations, IHostApplicationLifetime lifetime) : BackgroundService
{
    /// <summary>The argument that asks for it.</summary>
    public const string Switch = "--migrate-only";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAny(migrations.Done, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken));
        if (!migrations.Done.IsCompletedSuccessfully)
        {
            Environment.ExitCode = 1;
        }

        lifetime.StopApplication();
    }
}
