using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Subscriptions;

/// <summary>Subscriptions; section <c>GraphQL:Subscriptions</c>.</summary>
internal sealed class SubscriptionOptions
{
    public const string SectionName = "GraphQL:Subscriptions";

    /// <summary>How long a WebSocket may take to say who it is, 1 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan InitTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Operations that one WebSocket may have running, 1 to 1,000.</summary>
    [Range(1, 1_000)]
    public int MaxOperations { get; set; } = 16;

    /// <summary>How often a connection's credential is checked again while it lasts, 100 ms to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a connection on which nothing happens gets a sign of life, 1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>How long a client may leave a message unread before it is cut off, 1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a batch is looked at, 100 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan BatchInterval { get; set; } = TimeSpan.FromSeconds(1);
}

[OptionsValidator]
internal sealed partial class SubscriptionOptionsValidator : IValidateOptions<SubscriptionOptions>;
