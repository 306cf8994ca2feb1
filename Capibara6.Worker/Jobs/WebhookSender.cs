using System.Data.Common;
using Capibara6.Core.Jobs;
using Capibara6.Worker.Migrations;

namespace Capibara6.Worker.Jobs;

/// <summary>Sends the messages at the end of batches. Each worker does it; they don't get in each other's way.</summary>
internal sealed class WebhookSender(IWebhooks webhooks, MigrationService migrations, TimeProvider time, ILogger<WebhookSender> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await migrations.Done.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(s_interval, time);
            do
            {
                await SendAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // Asked to stop, or the schema can't be had.
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await webhooks.SendDueAsync(cancellationToken) > 0)
            {
                // Until none is due.
            }
        }
        catch (Exception exception) when (exception is DbException or TimeoutException)
        {
            JobRunnerLog.QueueAway(logger, exception.GetBaseException().GetType().Name);
        }
    }
}
