using Capibara6.Core.ModelClients;

namespace Capibara6.Core.Queries;

/// <summary>What a client is told when no model answered.</summary>
internal static class ModelFailures
{
    public static Failure Of(ModelCallException exception, bool begun) => exception.Fault switch
    {
        ModelFault.Refused => new(
            FailureCodes.ModelRefused, FailureKind.Invalid, "The model declined this request; change its text or its bounds and try again."),
        ModelFault.TimedOut => new(
            FailureCodes.ModelTimeout, FailureKind.TimedOut, "No model answered in time; please try again."),
        _ when begun => new(
            FailureCodes.ModelUnavailable, FailureKind.Unavailable, "The answer broke off before its end; what came is incomplete. Please try again."),
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
        ModelFault.Garbage or ModelFault.CutShort => "what it sent is no whole answer",
        _ => "it failed",
    };
}
