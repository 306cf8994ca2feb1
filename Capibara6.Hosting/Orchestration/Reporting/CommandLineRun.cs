using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Publishing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Hosting.Orchestration.Reporting;

/// <summary>Whether the application runs from the command line, for somebody who reads the console, or inside a test.</summary>
internal sealed class CommandLineRun(
    DistributedApplicationModel model, IConfiguration configuration, IHostEnvironment environment, IServiceProvider services)
{
    public bool IsActive { get; set; }

    /// <summary>Whether the user asks what there is to say on the command line.</summary>
    public bool ShowsHelp => configuration.GetValue(CommandLineHelp.Key, false);

    public void WriteHelp() => Console.Out.Write(CommandLineHelp.Text(
        environment.ApplicationName, model, services.GetRequiredService<PublisherCatalog>().Names));
}
