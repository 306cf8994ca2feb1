using Capibara6.GraphQLApi.Errors;
using GraphQL;
using GraphQL.Execution;

namespace Capibara6.GraphQLApi.Subscriptions;

/// <summary>What ends a stream of results before its end.</summary>
internal static class StreamErrors
{
    public static ExecutionResult ResultOf(Exception exception, ILogger logger)
    {
        // The engine has logged what it wrapped; what comes as it is was found by the transport.
        if (exception is not ExecutionError)
        {
            ErrorsLog.Unexpected(logger, "a stream of results", exception);
        }

        return new ExecutionResult { Errors = [exception as ExecutionError ?? new UnhandledError(ErrorTable.InternalMessage, exception)] };
    }
}
