namespace Capibara6.Core.ModelClients;

/// <summary>What went wrong with one attempt at a model.</summary>
internal enum ModelFault
{
    /// <summary>No answer within the bound.</summary>
    TimedOut,

    /// <summary>The endpoint could not be reached, or the connection broke before an answer.</summary>
    Unreachable,

    /// <summary>The endpoint has too much to do (429).</summary>
    Overloaded,

    /// <summary>The endpoint failed (408, 5xx).</summary>
    ServerError,

    /// <summary>The endpoint does not want our key (401, 403): a matter of configuration.</summary>
    KeyRefused,

    /// <summary>The endpoint does not know the model, or the call (404): a matter of configuration.</summary>
    ModelMissing,

    /// <summary>The endpoint does not want this request (400 and others of its kind), or the model declined to answer.</summary>
    Refused,

    /// <summary>What came is no answer in the protocol, or an empty one.</summary>
    Garbage,

    /// <summary>A streamed answer ended before its end.</summary>
    CutShort,

    /// <summary>The circuit is open: it was not even tried.</summary>
    CircuitOpen,
}

/// <summary>An attempt that failed. It carries no prompt, no answer and no key.</summary>
internal sealed class ModelCallException(ModelFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public ModelFault Fault { get; } = fault;

    /// <summary>When the endpoint wants to be asked again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the endpoint said, for the caller only; null when it said nothing that is an error of the protocol.</summary>
    public UpstreamError? Upstream { get; init; }

    /// <summary>Another attempt may fare better.</summary>
    public bool IsTransient => Fault is ModelFault.TimedOut or ModelFault.Unreachable or ModelFault.Overloaded
        or ModelFault.ServerError or ModelFault.Garbage or ModelFault.CutShort;

    /// <summary>It says something about the endpoint's health. An overloaded one is well, and a refusal is about the request.</summary>
    public bool CountsForBreaker => Fault is ModelFault.TimedOut or ModelFault.Unreachable or ModelFault.ServerError
        or ModelFault.Garbage or ModelFault.CutShort;
}
