using Npgsql;

namespace Capibara6.Core.Measurements;

/// <summary>The measurements' database; there may be none.</summary>
internal sealed class MeasurementStore(NpgsqlDataSource? dataSource)
{
    /// <summary>Name of the connection string, and key of the data source.</summary>
    public const string ConnectionName = "metrics";

    public bool IsConfigured => dataSource is not null;

    /// <exception cref="InvalidOperationException">Without a connection string.</exception>
    public NpgsqlDataSource DataSource => dataSource
        ?? throw new InvalidOperationException($"ConnectionStrings:{ConnectionName} is missing: it says where the measurements are.");
}
