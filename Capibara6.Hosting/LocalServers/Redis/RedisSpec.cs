namespace Capibara6.Hosting.LocalServers.Redis;

/// <summary>A server of the Redis protocol to run on this machine, on 127.0.0.1.</summary>
/// <param name="Name">The resource's name, for messages and folder names.</param>
/// <param name="Password">Null: none is asked for.</param>
internal sealed record RedisSpec(string Name, int Port, string? Password)
{
    /// <summary>Null: nothing is kept.</summary>
    public string? DataFolder { get; init; }

    /// <summary>When data is kept: saved after this time if at least <see cref="SaveAfterChanges"/> keys changed. Garnet logs every change and commits once per second.</summary>
    public TimeSpan SaveInterval { get; init; } = TimeSpan.FromSeconds(60);
    public long SaveAfterChanges { get; init; } = 1;
}
