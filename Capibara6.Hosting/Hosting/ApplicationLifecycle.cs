using System.Reflection;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Capibara6.Hosting.Orchestration;
using Capibara6.Hosting.Publishing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting;

/// <summary>What happens before and after the hosted services start.</summary>
internal sealed class ApplicationLifecycle(
    IServiceProvider services, DistributedApplicationModel model, DistributedApplicationExecutionContext context, IDistributedApplicationEventing eventing,
    IConfiguration configuration, IHostApplicationLifetime lifetime, ILogger<DistributedApplication> logger)
{
    private int _begun;

    public bool ShowsExceptionDetails => configuration.GetValue("Pipeline:IncludeExceptionDetails", false);

    /// <summary>Lets subscribers subscribe, and raises the event before the start; once.</summary>
    public async Task BeforeStartAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _begun, 1) != 0)
        {
            return;
        }

        Announce();
        if (eventing is DistributedApplicationEventing own)
        {
            own.Logger = logger;
        }

        foreach (var subscriber in services.GetServices<IDistributedApplicationEventingSubscriber>())
        {
            await subscriber.SubscribeAsync(eventing, context, cancellationToken).ConfigureAwait(false);
        }

        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken).ConfigureAwait(false);
#pragma warning disable CS0618 // Hooks are superseded, and still honoured.
        var hooks = services.GetServices<IDistributedApplicationLifecycleHook>().ToArray();
        foreach (var hook in hooks)
        {
            await hook.BeforeStartAsync(model, cancellationToken).ConfigureAwait(false);
        }

        if (hooks.Length > 0)
        {
            eventing.Subscribe<AfterResourcesCreatedEvent>(async (created, token) =>
            {
                foreach (var hook in hooks)
                {
                    await hook.AfterEndpointsAllocatedAsync(created.Model, token).ConfigureAwait(false);
                    await hook.AfterResourcesCreatedAsync(created.Model, token).ConfigureAwait(false);
                }
            });
        }
#pragma warning restore CS0618
    }

    /// <summary>Runs the resources, or publishes them and then ends the program. Outside the host's own start, which would log a stack trace.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        if (context.IsPublishMode)
        {
            await services.GetRequiredService<PublishingRun>().RunAsync(starting.Token).ConfigureAwait(false);
            lifetime.StopApplication();
            return;
        }

        await services.GetRequiredService<IApplicationOrchestrator>().StartAsync(starting.Token).ConfigureAwait(false);
        LifecycleLog.Started(logger);
    }

    private void Announce()
    {
        if (context.IsRunMode)
        {
            LifecycleLog.Version(logger, Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
            LifecycleLog.Starting(logger);
            LifecycleLog.Directory(logger, configuration["AppHost:Directory"]);
        }
    }
}

internal static partial class LifecycleLog
{
    [LoggerMessage(1, LogLevel.Information, "Capibara6 AppHost version: {Version}")]
    public static partial void Version(ILogger logger, string? version);

    [LoggerMessage(2, LogLevel.Information, "Distributed application starting.")]
    public static partial void Starting(ILogger logger);

    [LoggerMessage(3, LogLevel.Information, "Application host directory is: {Directory}")]
    public static partial void Directory(ILogger logger, string? directory);

    [LoggerMessage(4, LogLevel.Information, "Distributed application started. Press Ctrl+C to shut down.")]
    public static partial void Started(ILogger logger);
}
