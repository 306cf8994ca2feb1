using Capibara6.Hosting.Orchestration.Processes;

namespace Capibara6.Hosting.Orchestration.LocalServers;

/// <summary>A PostgreSQL server to run on this machine, on 127.0.0.1.</summary>
/// <param name="Name">The resource's name, for messages and folder names.</param>
/// <param name="UserName">The superuser that new data is made with.</param>
internal sealed record PostgresSpec(string Name, int Port, string UserName, string Password)
{
    /// <summary>Null: temporary, deleted at the end.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The folder with initdb and postgres; null: the host looks for one.</summary>
    public string? ProgramFolder { get; init; }

    /// <summary>False: faster, and a crash of the machine may destroy the data. For tests.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>Settings of the server that the model gives, by name; they go before those that the host prefers.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public Action<ProcessLine>? OnLine { get; init; }
}
