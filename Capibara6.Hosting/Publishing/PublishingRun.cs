using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Publishing;

/// <summary>Publishes the model as the command line asks.</summary>
internal sealed class PublishingRun(
    PublisherCatalog catalog, DistributedApplicationModel model, IDistributedApplicationEventing eventing, IServiceProvider services,
    IConfiguration configuration, DistributedApplicationExecutionContext context, ILogger<PublishingRun> logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (configuration[AppHostConfiguration.OperationKey] is "inspect" || configuration.GetValue("Pipeline:ListSteps", false))
        {
            ListSteps();
        }
        else
        {
            await PublishAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        var publisher = catalog.Choose();
        var appHostDirectory = configuration["AppHost:Directory"]!;
        var output = PublishingOutput.For(publisher, configuration[AppHostConfiguration.OutputPathKey], appHostDirectory);
        await eventing.PublishAsync(new BeforePublishEvent(services, model), cancellationToken).ConfigureAwait(false);
        await output.WriteAsync(
            path => publisher.PublishAsync(
                model, new PublishingTarget(path, output.FinalPath, appHostDirectory, context, services, logger), cancellationToken)).ConfigureAwait(false);
        await eventing.PublishAsync(new AfterPublishEvent(services, model), cancellationToken).ConfigureAwait(false);
        PublishingLog.Published(logger, publisher.Name, output.FinalPath);
    }

    private void ListSteps()
    {
        foreach (var name in catalog.Names)
        {
            Console.Out.WriteLine($"publish-{name}");
        }
    }
}

internal static partial class PublishingLog
{
    [LoggerMessage(1, LogLevel.Information, "Published {Publisher} to: {Path}")]
    public static partial void Published(ILogger logger, string publisher, string path);
}
