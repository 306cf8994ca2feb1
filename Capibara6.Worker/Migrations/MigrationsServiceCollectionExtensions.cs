namespace Capibara6.Worker.Migrations;

/// <summary>The migration of the main database.</summary>
internal static class MigrationsServiceCollectionExtensions
{
    /// <param name="stopWhenDone">True for a process that has nothing else to do.</param>
    public static IServiceCollection AddMigrations(this IServiceCollection services, bool stopWhenDone = false)
    {
        services.AddSingleton<MigrationService>();
        services.AddHostedService(provider => provider.GetRequiredService<MigrationService>());
        if (stopWhenDone)
        {
            services.AddHostedService<MigrationRun>();
        }

        return services;
    }
}
