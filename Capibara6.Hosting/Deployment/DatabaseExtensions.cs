using Cronos;

namespace Capibara6.Hosting.Deployment;

/// <summary>A release runs the resource once with these arguments to bring the databases' schema up to date.</summary>
public sealed record MigrationsAnnotation(IReadOnlyList<string> Args) : IResourceAnnotation;

/// <summary>The server's databases are dumped by a schedule and kept for some days.</summary>
/// <param name="Schedule">A cron expression of five fields, in UTC.</param>
/// <param name="KeepDays">1 or more.</param>
public sealed record BackupsAnnotation(string Schedule, int KeepDays) : IResourceAnnotation;

/// <summary>What databases need when deployed.</summary>
public static partial class DatabaseExtensions
{
    /// <summary>Runs the resource once for each release with these arguments, to bring the databases' schema up to date, and then stops.</summary>
    public static IResourceBuilder<T> WithMigrations<T>(this IResourceBuilder<T> builder, params string[] args)
        where T : IResourceWithArgs
    {
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
        Misuse.When(
            schedule is null || !CronFields().IsMatch(schedule) || !CronExpression.TryParse(schedule, out _),
            builder,
            $"'{schedule}' is no cron expression of five fields within their ranges, such as \"30 2 * * *\"");
        Misuse.When(keepDays < 1, builder, $"backups are kept for at least 1 day, not {keepDays}");
        return builder.WithAnnotation(new BackupsAnnotation(schedule!, keepDays), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>
    /// Gives the server room for the connections of whoever refers to it or to its databases: every replica at its largest, one more
    /// of each while a release rolls, and a reserve.
    /// </summary>
    /// <param name="perReplica">Connections that one replica may open, 1 or more: the sizes of its pools together.</param>
    /// <param name="reserve">For migrations, backups and people.</param>
    public static IResourceBuilder<PostgresServerResource> WithRoomForConnections(
        this IResourceBuilder<PostgresServerResource> builder, int perReplica, int reserve = 15)
    {
        Misuse.When(perReplica < 1, builder, $"a replica opens at least 1 connection, not {perReplica}");
        return builder.WithArgs(context =>
        {
            var replicas = builder.ApplicationBuilder.Resources.Where(resource => RefersTo(resource, builder.Resource))
                .Sum(static resource => ScalingExtensions.Replicas(resource).Maximum + 1);
            var room = (replicas * perReplica) + reserve;
            context.Args.Add("-c");
            context.Args.Add(string.Create(CultureInfo.InvariantCulture, $"max_connections={(room + 9) / 10 * 10}"));
        });
    }

    private static bool RefersTo(IResource resource, PostgresServerResource server) => resource.Annotations.OfType<ResourceRelationshipAnnotation>()
        .Any(relation => relation.Type == "Reference"
            && (relation.Resource == server || (relation.Resource is PostgresDatabaseResource database && database.Parent == server)));

    [GeneratedRegex("^[0-9*,/-]+( [0-9*,/-]+){4}\\z")]
    private static partial Regex CronFields();
}
