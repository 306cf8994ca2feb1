using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Lifecycle;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration;
using Capibara6.Hosting.Orchestration.Reporting;
using Capibara6.Hosting.Publishing;
using Capibara6.Hosting.ResourceService;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting;

/// <summary>The services of an AppHost.</summary>
internal static class AppHostServices
{
    public static void Add(DistributedApplicationBuilder builder, DistributedApplicationOptions options)
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(builder.ExecutionContext);
        services.AddSingleton(builder.Eventing);
        services.AddSingleton(builder.UserSecretsManager);
        services.AddSingleton(_ => new DistributedApplicationModel(builder.Resources));
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpClient();
        services.AddHealthChecks();
        AddState(builder, options);
        AddLogging(services, builder);
        services.AddSingleton<ApplicationLifecycle>();
        services.AddSingleton<CommandLineRun>();
        if (builder.ExecutionContext.IsPublishMode || builder.Configuration.GetValue(CommandLineHelp.Key, false))
        {
            services.AddPublishing();
        }
    }

    /// <summary>What starts last, after everything that the program registered itself.</summary>
    public static void AddHosted(DistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsRunMode)
        {
            builder.Services.AddEventingSubscriber<MissingParameterCheck>();
            builder.Services.AddHostedService<ResourceHealthCheckService>();
            builder.Services.AddHostedService<ParentStatePropagation>();
            builder.Services.AddResourceService(builder.Configuration);
            builder.Services.AddOrchestration();
            builder.Services.AddHostedService<OrchestratorStop>();
        }
    }

    private static void AddState(DistributedApplicationBuilder builder, DistributedApplicationOptions options)
    {
        var services = builder.Services;
        // Also with a dashboard: a program that waits for ever for what has failed tells nobody.
        services.Configure<ResourceNotificationServiceOptions>(notifications => notifications.DefaultWaitBehavior = WaitBehavior.StopOnResourceUnavailable);
        services.AddSingleton<ResourceNotificationService>();
        services.AddSingleton(provider =>
        {
            var loggers = new ResourceLoggerService(provider.GetRequiredService<TimeProvider>());
            loggers.UseModel(provider.GetRequiredService<DistributedApplicationModel>());
            if (options.EnableResourceLogging || builder.Configuration.GetValue("Hosting:Logs", false))
            {
                ResourceLogForwarding.Start(loggers, provider.GetRequiredService<ILoggerFactory>(), builder.Environment.ApplicationName);
            }

            return loggers;
        });
        services.AddSingleton(provider => new ResourceCommandService(
            provider.GetRequiredService<DistributedApplicationModel>(), provider.GetRequiredService<ResourceLoggerService>(), provider));
        services.AddSingleton<ResourceConfigurationEvaluator>();
    }

    private static void AddLogging(IServiceCollection services, DistributedApplicationBuilder builder) => services.AddLogging(logging =>
    {
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
        logging.AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.Error);
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService", LogLevel.None);
        logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        // The proxies say themselves what a user has to know of a request.
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Yarp.ReverseProxy", LogLevel.None);
        // A failure to start is thrown as well, and told in one line there.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        if (Enum.TryParse<LogLevel>(builder.Configuration["Pipeline:LogLevel"], ignoreCase: true, out var level))
        {
            logging.SetMinimumLevel(level);
        }
    });
}
