using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Jobs;

/// <summary>Batches and their jobs.</summary>
public static class JobsServiceCollectionExtensions
{
    public static IServiceCollection AddJobs(this IServiceCollection services)
    {
        services.AddOptions<JobOptions>().BindConfiguration(JobOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<JobOptions>, JobOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<JobBackOff>();
        services.TryAddSingleton<BatchEnds>();
        services.TryAddSingleton<BatchWriter>();
        services.TryAddSingleton<BatchReader>();
        services.TryAddSingleton<BatchCanceller>();
        services.TryAddSingleton<IBatches, Batches>();
        services.TryAddSingleton<FileBatchWriter>();
        services.TryAddSingleton<FileBatchReader>();
        services.TryAddSingleton<IFileBatches, FileBatches>();
        services.TryAddSingleton<IFileBatchOutputs, FileBatchOutputs>();
        services.TryAddSingleton<IJobCalls, JobCalls>();
        services.TryAddSingleton<IJobQueue, JobQueue>();
        services.TryAddSingleton<IBatchRetention, BatchRetention>();
        services.AddOptions<WebhookOptions>().BindConfiguration(WebhookOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidator>());
        services.TryAddSingleton<WebhookCalls>();
        services.TryAddSingleton<IWebhooks, Webhooks>();
        services.TryAddSingleton<IJobSignal, JobSignal>();
        services.TryAddSingleton<IBatchNews, BatchNews>();
        return services;
    }
}
