using System.Globalization;
using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>Images of servers take their secrets from files, and each in its own way.</summary>
internal static class ServerWorkloads
{
    private const string SecretsFolder = "/run/secrets";

    public static Workload Adapt(IResource resource, Workload workload) => resource switch
    {
        PostgresServerResource postgres => Postgres(postgres, workload) with { Server = ServerKind.Postgres },
        RedisResource => ShellSecrets(WithinMemory(workload)) with { Server = ServerKind.Redis },
        ContainerResource when workload.Command is ["/bin/sh"] => ShellSecrets(workload),
        ContainerResource => WithFileSettings(workload),
        _ => workload,
    };

    private static Workload Postgres(PostgresServerResource postgres, Workload workload) => WithFileSettings(workload) with
    {
        Databases = [.. postgres.Databases.Values.Order(StringComparer.Ordinal)],
        // The images run what is in this folder when the data folder is empty; TimescaleDB's own scripts come first by name.
        Files =
        [
            .. workload.Files,
            new WorkloadFile("/docker-entrypoint-initdb.d/900-databases.sql", CreateDatabases(postgres.Databases.Values)),
        ],
    };

    private static string CreateDatabases(IEnumerable<string> databases)
    {
        var sql = new StringBuilder("-- Written by the publisher: the databases that the model names.\n");
        foreach (var database in databases.Order(StringComparer.Ordinal))
        {
            sql.Append(CultureInfo.InvariantCulture, $"CREATE DATABASE \"{database.Replace("\"", "\"\"", StringComparison.Ordinal)}\";\n");
        }

        return sql.ToString();
    }

    /// <summary>Redis gives up old entries before the container's limit ends it; saving takes a part of the memory again.</summary>
    private static Workload WithinMemory(Workload workload) => workload.Args is not ["-c", var script, ..] ? workload : workload with
    {
        Args = ["-c", string.Create(CultureInfo.InvariantCulture, $"{script} --maxmemory {workload.Resources.MemoryLimitBytes / 10 * 6} --maxmemory-policy volatile-lru"), .. workload.Args.Skip(2)],
    };

    /// <summary>A script that names a secret as a variable reads it from its file first.</summary>
    private static Workload ShellSecrets(Workload workload)
    {
        if (!workload.HasSecrets || workload.Args is not ["-c", var script, ..])
        {
            return workload with { SecretsAsEnvironment = workload.HasSecrets };
        }

        var exports = string.Concat(workload.SecretSettings.Select(static setting =>
            $"{setting.Name}=\"$(cat {SecretsFolder}/{setting.Name})\" && export {setting.Name} && "));
        return workload with { Args = ["-c", $"{exports}exec {script}", .. workload.Args.Skip(2)] };
    }

    /// <summary>Images that take NAME_FILE (Docker's own) or NAME__FILE (Grafana) for a secret's file; others get a variable.</summary>
    private static Workload WithFileSettings(Workload workload)
    {
        var files = workload.SecretSettings.Select(static setting => (setting.Name, Suffix: FileSuffix(setting.Name))).ToList();
        if (files.Exists(static file => file.Suffix is null))
        {
            return workload with { SecretsAsEnvironment = true };
        }

        var settings = workload.Settings.Concat(files.Select(static file =>
            new Setting(file.Name + file.Suffix, ValueText.Of($"{SecretsFolder}/{file.Name}"))));
        return workload with { Settings = [.. settings.OrderBy(static setting => setting.Name, StringComparer.Ordinal)] };
    }

    private static string? FileSuffix(string name) => name switch
    {
        _ when name.StartsWith("POSTGRES_", StringComparison.Ordinal) => "_FILE",
        _ when name.StartsWith("GF_", StringComparison.Ordinal) => "__FILE",
        _ => null,
    };
}
