using System.Diagnostics;
using Capibara6.Core;
using GraphQL;

namespace Capibara6.GraphQLApi.Errors;

/// <summary>An expected failure on its way to <c>errors[]</c>.</summary>
internal sealed class FailureError(Failure failure) : ExecutionError(failure.Message)
{
    public Failure Failure => failure;
}

internal static class OutcomeResolving
{
    /// <summary>The value for the field, or the failure for <c>errors[]</c>.</summary>
    /// <exception cref="FailureError">The outcome is a failure.</exception>
    public static T ValueOrError<T>(this Outcome<T> outcome) => outcome switch
    {
        Outcome<T>.Success success => success.Value,
        Outcome<T>.Failed failed => throw new FailureError(failed.Failure),
        _ => throw new UnreachableException(),
    };
}
