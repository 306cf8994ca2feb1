using System.Diagnostics;
using Capibara6.Core;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Capibara6.Api.Errors;

internal static class OutcomeResults
{
    /// <summary>The value as an answer, or the failure as one.</summary>
    public static Results<TResult, FailureResult> ToResult<T, TResult>(this Outcome<T> outcome, Func<T, TResult> answer)
        where TResult : IResult => outcome switch
        {
            Outcome<T>.Success success => answer(success.Value),
            Outcome<T>.Failed failed => new FailureResult(failed.Failure),
            _ => throw new UnreachableException(),
        };
}
