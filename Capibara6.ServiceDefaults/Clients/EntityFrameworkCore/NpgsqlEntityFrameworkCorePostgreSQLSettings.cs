namespace Aspire.Npgsql.EntityFrameworkCore.PostgreSQL;

/// <summary>
/// Settings of a <c>DbContext</c> on PostgreSQL; sections <c>Aspire:Npgsql:EntityFrameworkCore:PostgreSQL</c>, there
/// <c>{connectionName}</c>, there <c>{TContext}</c>.
/// </summary>
public sealed class NpgsqlEntityFrameworkCorePostgreSQLSettings
{
    /// <summary>Where the database is, in Npgsql's own format.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Leaves out the retry of transient failures. False unless set.</summary>
    public bool DisableRetry { get; set; }

    /// <summary>Leaves out the health check. False unless set.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Leaves out the spans of commands. False unless set.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>Leaves out the driver's metrics. False unless set.</summary>
    public bool DisableMetrics { get; set; }

    /// <summary>Longest that a command may take, in seconds; null for the driver's own 30.</summary>
    public int? CommandTimeout { get; set; }
}
