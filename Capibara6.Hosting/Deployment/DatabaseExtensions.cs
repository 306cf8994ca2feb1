using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.Deployment;

/// <summary>What databases need when deployed.</summary>
public static partial class DatabaseExtensions
{
    /// <summary>Runs the resource once for each release with these arguments, to bring the databases' schema up to date, and then stops.</summary>
    public static IResourceBuilder<T> WithMigrations<T>(this IResourceBuilder<T> builder, params string[] args)
        where T : IResourceWithArgs
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(args);
        Misuse.When(args.Length == 0, builder, "migrations need an argument that makes the resource stop when they are done");
        return builder.WithAnnotation(new MigrationsAnnotation([.. args]), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>Dumps the server's databases by a schedule when deployed.</summary>
    /// <param name="schedule">A cron expression of five fields, in UTC.</param>
    /// <param name="keepDays">How long a dump is kept, 1 or more.</param>
    public static IResourceBuilder<PostgresServerResource> WithBackups(
        this IResourceBuilder<PostgresServerResource> builder, string schedule, int keepDays = 14)
    {
        ArgumentNullException.ThrowIfNull(builder);
        Misuse.When(
            schedule is null || !CronExpression().IsMatch(schedule), builder, $"'{schedule}' is no cron expression of five fields, such as \"30 2 * * *\"");
        Misuse.When(keepDays < 1, builder, $"backups are kept for at least 1 day, not {keepDays}");
        return builder.WithAnnotation(new BackupsAnnotation(schedule!, keepDays), ResourceAnnotationMutationBehavior.Replace);
    }

    [GeneratedRegex("^[0-9*,/-]+( [0-9*,/-]+){4}\\z")]
    private static partial Regex CronExpression();
}
