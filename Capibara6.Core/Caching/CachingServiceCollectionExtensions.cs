using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Caching;

/// <summary>The answer cache.</summary>
public static class CachingServiceCollectionExtensions
{
    public static IServiceCollection AddAnswerCache(this IServiceCollection services)
    {
        services.AddOptions<AnswerCacheOptions>().BindConfiguration(AnswerCacheOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AnswerCacheOptions>, AnswerCacheOptionsValidator>());
        services.TryAddSingleton<AnswerCacheVersion>();
        services.TryAddSingleton<AnswerCache>();
        services.TryAddSingleton<IAnswerCache>(provider => provider.GetRequiredService<AnswerCache>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AnswerCacheVersion>(
            provider => provider.GetRequiredService<AnswerCacheVersion>()));
        return services;
    }
}
