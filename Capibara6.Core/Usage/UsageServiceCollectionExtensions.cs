using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Usage;

/// <summary>What was asked, by whom, how it went and at what cost.</summary>
public static class UsageServiceCollectionExtensions
{
    public static IServiceCollection AddUsage(this IServiceCollection services)
    {
        services.AddOptions<UsageOptions>().BindConfiguration(UsageOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<UsageOptions>, UsageOptionsValidator>());
        services.TryAddSingleton<UsageSpool>();
        services.TryAddSingleton<IUsageRecorder>(provider => provider.GetRequiredService<UsageSpool>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, UsageWriter>());
        services.TryAddSingleton<IUsageRetention, UsageRetention>();
        return services;
    }
}
