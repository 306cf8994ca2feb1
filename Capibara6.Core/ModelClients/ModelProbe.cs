using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Capibara6.Core.ModelClients;

/// <summary>
/// Asks each endpoint at the start which models it has, and says which of ours is missing. Nothing waits for it: an endpoint
/// that is away now may be there when it is needed.
/// </summary>
internal sealed class ModelProbe(ModelFleet fleet, ModelWire wire, TimeProvider time, ILogger<ModelProbe> logger) : BackgroundService
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var deployment in fleet.All.SelectMany(set => set.All))
        {
            try
            {
                await AskAsync(deployment, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task AskAsync(Deployment deployment, CancellationToken cancellationToken)
    {
        try
        {
            var names = await wire.ListAsync(deployment, cancellationToken).WaitAsync(s_patience, time, cancellationToken);
            if (names is null || ModelNames.Has(names, deployment.Upstream.Name))
            {
                ModelLog.Found(logger, deployment.Name, deployment.Upstream.Name);
                return;
            }

            Report(deployment, ModelFault.ModelMissing, "its list of models does not name it");
        }
        catch (ModelCallException exception) when (exception.Fault is ModelFault.KeyRefused)
        {
            Report(deployment, exception.Fault, exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Not every server has a list, and it says nothing about the answers.
            ModelLog.NotFound(logger, deployment.Name, exception is ModelCallException ? exception.Message : exception.GetBaseException().GetType().Name);
        }
    }

    private void Report(Deployment deployment, ModelFault fault, string reason)
    {
        deployment.ReportFault(fault, reason, time.GetUtcNow());
        ModelLog.Misconfigured(logger, deployment.Name, reason, ModelAdvice.For(deployment, fault)!);
    }
}
