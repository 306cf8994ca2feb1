using Capibara6.Core.Context;
using Capibara6.Core.Files;
using Capibara6.Core.Jobs;
using Capibara6.Core.Measurements;
using Capibara6.Core.Usage;

namespace Capibara6.Worker.Duties;

/// <summary>The scheduled duties.</summary>
internal static class DutiesServiceCollectionExtensions
{
    private static readonly TimeSpan s_hourly = TimeSpan.FromHours(1);

    public static IServiceCollection AddDuties(this IServiceCollection services)
    {
        services.AddSingleton(provider => Measurement(provider, "feed-measurements", TimeSpan.FromSeconds(1), static (keeper, token) => keeper.FeedAsync(token)));
        services.AddSingleton(provider => Measurement(provider, "clean-measurements", s_hourly, static (keeper, token) => keeper.CleanAsync(token)));
        services.AddSingleton(provider => new Duty("clean-usage", s_hourly, provider.GetRequiredService<IUsageRetention>().CleanAsync));
        services.AddSingleton(provider => new Duty("clean-batches", s_hourly, provider.GetRequiredService<IBatchRetention>().CleanAsync));
        services.AddSingleton(provider => new Duty("clean-files", s_hourly, provider.GetRequiredService<IFileRetention>().CleanAsync));
        services.AddSingleton(provider => new Duty(
            "write-batch-files", TimeSpan.FromSeconds(1), provider.GetRequiredService<IFileBatchOutputs>().WriteAsync));
        services.AddSingleton(provider => new Duty("clean-answer-notes", s_hourly, provider.GetRequiredService<IReflector>().CleanAsync));
        services.AddHostedService<DutyRunner>();
        return services;
    }

    private static Duty Measurement(IServiceProvider provider, string name, TimeSpan period, Func<IMeasurementKeeper, CancellationToken, Task> work)
    {
        var keeper = provider.GetRequiredService<IMeasurementKeeper>();
        return new Duty(name, period, token => keeper.IsConfigured ? work(keeper, token) : Task.CompletedTask);
    }
}
