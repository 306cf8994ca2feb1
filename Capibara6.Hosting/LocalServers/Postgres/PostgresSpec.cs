namespace Capibara6.Hosting.LocalServers.Postgres;

/// <summary>A PostgreSQL server to run on this machine, on 127.0.0.1.</summary>
/// <param name="Name">The resource's name, for messages and folder names.</param>
/// <param name="UserName">The superuser that new data is made with.</param>
internal sealed record PostgresSpec(string Name, int Port, string UserName, string Password)
{
    /// <summary>Null: temporary, deleted at the end.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The folder with initdb and postgres; null: the host looks for one.</summary>
    public string? ProgramFolder { get; init; }

    /// <summary>Settings of the server that the model gives, by name; they go before those that the host prefers.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
