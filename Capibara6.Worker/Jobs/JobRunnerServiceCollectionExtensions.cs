using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Capibara6.Worker.Jobs;

/// <summary>The running of jobs.</summary>
internal static class JobRunnerServiceCollectionExtensions
{
    public static IServiceCollection AddJobRunner(this IServiceCollection services)
    {
        services.AddOptions<JobRunnerOptions>().BindConfiguration(JobRunnerOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<JobRunnerOptions>, JobRunnerOptionsValidator>());
        services.AddSingleton<HeldJobs>();
        services.AddSingleton<JobOutcomes>();
        services.AddSingleton<JobRun>();

        // Services stop in the reverse order: first the runner drains, while its leases are still kept.
        services.AddHostedService<LeaseKeeper>();
        services.AddHostedService<CancelWatch>();
        services.AddHostedService<WebhookSender>();
        services.AddHostedService<JobSweeper>();
        services.AddHostedService<JobRunner>();
        return services;
    }
}
