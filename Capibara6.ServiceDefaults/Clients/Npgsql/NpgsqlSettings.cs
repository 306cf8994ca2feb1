namespace Aspire.Npgsql;

/// <summary>Settings of a <c>NpgsqlDataSource</c>; sections <c>Aspire:Npgsql</c> and <c>Aspire:Npgsql:{connectionName}</c>.</summary>
public sealed class NpgsqlSettings
{
    /// <summary>Where the database is, in Npgsql's own format.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Leaves out the health check. False unless set.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Leaves out the spans of commands. False unless set.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>Leaves out the driver's metrics. False unless set.</summary>
    public bool DisableMetrics { get; set; }
}
