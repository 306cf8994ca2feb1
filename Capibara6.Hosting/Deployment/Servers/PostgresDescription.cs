namespace Capibara6.Hosting.Deployment.Servers;

/// <summary>PostgreSQL's image, and those made from it.</summary>
internal sealed class PostgresDescription : IServerDescription
{
    /// <summary>The images run what is in this folder when the data folder is empty; TimescaleDB's own scripts come first by name.</summary>
    private const string InitFile = "/docker-entrypoint-initdb.d/900-databases.sql";

    public ServerAnnotation? Describe(IResource resource) => resource is not PostgresServerResource postgres ? null : new ServerAnnotation
    {
        HealthScript = "pg_isready -h 127.0.0.1 -U \"$POSTGRES_USER\"",
        SecretFilePrefix = "POSTGRES_",
        SecretFileSuffix = "_FILE",
        StartsAsRoot = true,
        SharesMemory = true,
        WritableFolders = ["/var/run/postgresql"],
        Files = new Dictionary<string, string> { [InitFile] = CreateDatabases(postgres) },
        Databases = [.. Databases(postgres)],
        DataFolderVariable = "PGDATA",
        AccountName = "postgres",
        // The operator's images are of PostgreSQL itself.
        Operator = postgres.TryGetLastAnnotation<ContainerImageAnnotation>(out var image) && image.Image.EndsWith("/postgres", StringComparison.Ordinal)
            ? "cloudnative-pg"
            : null,
    };

    private static IEnumerable<string> Databases(PostgresServerResource postgres) => postgres.Databases.Values.Order(StringComparer.Ordinal);

    private static string CreateDatabases(PostgresServerResource postgres)
    {
        var sql = new StringBuilder("-- Written by the publisher: the databases that the model names.\n");
        foreach (var database in Databases(postgres))
        {
            sql.Append(CultureInfo.InvariantCulture, $"CREATE DATABASE \"{database.Replace("\"", "\"\"", StringComparison.Ordinal)}\";\n");
        }

        return sql.ToString();
    }
}
