namespace Aspire.StackExchange.Redis;

/// <summary>
/// Settings of a Redis client; sections <c>Aspire:StackExchange:Redis</c> and <c>Aspire:StackExchange:Redis:{connectionName}</c>.
/// Their sub-section <c>ConfigurationOptions</c> binds to the driver's own options.
/// </summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary>Where the server is, in the driver's own format: <c>host:port,option=value,…</c></summary>
    public string? ConnectionString { get; set; }

    /// <summary>Leaves out the health check. False unless set.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Leaves out the spans of commands. False unless set.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>When false, the client connects as the host starts instead of at its first use. True unless set.</summary>
    public bool DisableAutoActivation { get; set; } = true;
}
