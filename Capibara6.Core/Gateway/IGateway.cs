using Capibara6.Core.Identity;
using Capibara6.Core.Usage;

namespace Capibara6.Core.Gateway;

/// <summary>
/// Calls of OpenAI's protocol as bytes that pass through governance: read once for what limits, budgets, routing and the cache
/// need to know, passed on with only the model's name and the wish for token counts rewritten, and passed back as they come.
/// Whatever a caller sends that is not known here, the model gets; whatever the model says, the caller gets.
/// </summary>
public interface IGateway
{
    /// <summary>Answers one call. Expected trouble comes back as a <see cref="Failure"/>; only bugs throw.</summary>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    Task<Outcome<GatewayReply>> AnswerAsync(GatewayCall call, CancellationToken cancellationToken);
}

/// <summary>One call.</summary>
/// <param name="Body">The caller's JSON, UTF-8. It must stay as it is until the reply is disposed of.</param>
/// <param name="Caller">On whose behalf.</param>
public sealed record GatewayCall(GatewayRoute Route, ReadOnlyMemory<byte> Body, Caller Caller)
{
    public CacheUse Cache { get; init; }

    /// <summary>Who writes down how it ended; null for the usual one.</summary>
    public IUsageRecorder? Recorder { get; init; }
}

/// <summary>What a caller wants of the answer cache.</summary>
public enum CacheUse
{
    /// <summary>As the model is set: an answer at temperature 0 is kept and found again, unless it may call tools.</summary>
    Default,

    /// <summary>A kept answer will do, and this one may be kept.</summary>
    Use,

    /// <summary>A new answer, which takes the place of a kept one.</summary>
    Refresh,

    /// <summary>Neither look nor keep.</summary>
    Off,
}
