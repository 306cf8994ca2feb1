using Capibara6.Core.ModelClients;

namespace Capibara6.Core.Queries;

/// <summary>What a client is told when no model answered.</summary>
internal static class ModelFailures
{
    public static Failure Of(ModelCallException exception, bool begun) => exception.Fault switch
    {
        _ when begun && exception.Fault is not ModelFault.TimedOut => new(
            FailureCodes.ModelUnavailable, FailureKind.Unavailable, "The answer broke off before its end; what came is incomplete. Please try again."),
        ModelFault.Refused when exception.Upstream?.Code == FailureCodes.ContextLengthExceeded => new(
            FailureCodes.ContextLengthExceeded, FailureKind.Invalid, "The text and the bound on the answer are longer than the model's window; send less.")
        {
            Upstream = exception.Upstream,
        },
        ModelFault.Refused => new(
            FailureCodes.ModelRefused, FailureKind.Invalid, "The model declined this request; change its text or its bounds and try again.")
        {
            Upstream = exception.Upstream,
        },
        ModelFault.TimedOut => new(
            FailureCodes.ModelTimeout, FailureKind.TimedOut, "No model answered in time; please try again."),
        ModelFault.Overloaded => new(
            FailureCodes.ModelOverloaded, FailureKind.RateLimited, "The models have too much to do for the moment; come back when Retry-After says.")
        {
            RetryAfter = exception.RetryAfter ?? TimeSpan.FromSeconds(1),
        },
        ModelFault.KeyRefused => new(
            FailureCodes.ModelKeyRefused, FailureKind.Misconfigured,
            "The model's endpoint does not take the key that this service has for it. It is for the operator to set the right one; another try won't help."),
        ModelFault.ModelMissing => new(
            FailureCodes.ModelMissing, FailureKind.Misconfigured,
            "The model's endpoint does not have the model that this service is set to ask for. It is for the operator to name the right one; another try won't help."),
        _ => new(FailureCodes.ModelUnavailable, FailureKind.Unavailable, "No model can answer for the moment; please try again shortly.")
        {
            RetryAfter = exception.RetryAfter,
        },
    };

    public static string Describe(ModelFault fault) => fault switch
    {
        ModelFault.TimedOut => "it took too long",
        ModelFault.Unreachable => "it can't be reached",
        ModelFault.Overloaded => "it has too much to do",
        ModelFault.CircuitOpen => "it has failed too often just now",
        ModelFault.Garbage or ModelFault.CutShort => "what it sent was incomplete",
        ModelFault.KeyRefused or ModelFault.ModelMissing => "it is not set up rightly",
        _ => "it failed",
    };
}
