using System.Diagnostics;
using System.Text.RegularExpressions;
using Capibara6.Core;
using GraphQL;

namespace Capibara6.GraphQLApi.Errors;

/// <summary>An expected failure on its way to <c>errors[]</c>.</summary>
internal sealed class FailureError(Failure failure) : ExecutionError(failure.Message)
{
    public Failure Failure => failure;
}

internal static partial class OutcomeResolving
{
    /// <summary>The value for the field, or the failure for <c>errors[]</c>.</summary>
    /// <exception cref="FailureError">The outcome is a failure.</exception>
    public static T ValueOrError<T>(this Outcome<T> outcome) => outcome switch
    {
        Outcome<T>.Success success => success.Value,
        Outcome<T>.Failed failed => throw new FailureError(failed.Failure),
        _ => throw new UnreachableException(),
    };

    /// <summary>The value for the field, or the failure for <c>errors[]</c>, whose field is where the client wrote it, such as <c>input.queries[3].maxTokens</c>.</summary>
    /// <param name="outcome">Of what an argument asked for.</param>
    /// <param name="argument">Name of the argument.</param>
    /// <exception cref="FailureError">The outcome is a failure.</exception>
    public static T ValueOrError<T>(this Outcome<T> outcome, string argument) =>
        outcome is Outcome<T>.Failed failed ? throw new FailureError(failed.Failure.InArgument(argument)) : outcome.ValueOrError();

    /// <summary>The failure of what an argument asked for.</summary>
    public static Failure InArgument(this Failure failure, string argument) =>
        failure.Field is { } field ? failure with { Field = $"{argument}.{InCamelCase(field)}" } : failure;

    // Core names fields as REST does, in snake_case, and one as its header.
    private static string InCamelCase(string field) =>
        WordBreak().Replace(field.StartsWith("Idempotency", StringComparison.Ordinal) ? "idempotency_key" : field, word => word.Groups[1].Value.ToUpperInvariant());

    [GeneratedRegex("_([a-z])")]
    private static partial Regex WordBreak();
}
