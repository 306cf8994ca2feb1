using System.Data.Common;
using System.Net.Sockets;
using Capibara6.Core.Context;
using Capibara6.Worker.Migrations;

namespace Capibara6.Worker.Reflection;

/// <summary>Judges sampled answers, one after another, as long as there are any; looks again every two seconds.</summary>
internal sealed class ReflectionService(
    IReflector reflector, MigrationService migrations, TimeProvider time, ILogger<ReflectionService> logger) : BackgroundService
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!reflector.IsEnabled)
        {
            return;
        }

        try
        {
            await migrations.Done.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(s_pause, time);
            do
            {
                await LookAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // Asked to stop, or the schema can't be had.
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await reflector.ReflectAsync(stoppingToken))
            {
                // The next one.
            }
        }
        catch (Exception exception) when (exception is DbException or TimeoutException or SocketException or IOException)
        {
            ReflectionLog.Failed(logger, exception.GetBaseException().Message);
        }
    }
}
