namespace Capibara6.Worker.Migrations;

/// <summary>The migration of the main database.</summary>
internal static class MigrationsServiceCollectionExtensions
{
    public static IServiceCollection AddMigrations(this IServiceCollection services)
    {
        services.AddSingleton<MigrationService>();
        services.AddHostedService(provider => provider.GetRequiredService<MigrationService>());
        return services;
    }
}
