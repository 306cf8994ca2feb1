using Capibara6.Core;
using Capibara6.Core.Data;
using GraphQL.Execution;

namespace Capibara6.GraphQLApi.Errors;

/// <summary>Logs what nothing expected, once; an outage of the database becomes the failure that it is. The request goes on to answer its other fields.</summary>
internal sealed class UnexpectedErrors(ILogger<UnexpectedErrors> logger)
{
    public Task HandleAsync(UnhandledExceptionContext context)
    {
        var path = context.FieldContext?.ResponsePath is { } parts ? string.Join('.', parts) : "the document";
        if (DatabaseFaults.IsCauseOf(context.OriginalException))
        {
            ErrorsLog.DatabaseUnavailable(logger, path, context.OriginalException.GetBaseException().Message);
            context.Exception = new FailureError(DatabaseFaults.Unavailable);
            return Task.CompletedTask;
        }

        ErrorsLog.Unexpected(logger, path, context.OriginalException);
        return Task.CompletedTask;
    }

    public static Failure TimedOut(TimeSpan limit) => new(
        EdgeCodes.ProcessingTimeout, FailureKind.TimedOut, $"The request took longer than {limit.TotalSeconds:0} s; ask for less at once.");
}

internal static partial class ErrorsLog
{
    [LoggerMessage(EventId = 4101, Level = LogLevel.Warning, Message = "Resolving {Path} found the database away: {Reason}")]
    public static partial void DatabaseUnavailable(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 4100, Level = LogLevel.Error, Message = "Resolving {Path} failed on an exception that nothing expected")]
    public static partial void Unexpected(ILogger logger, string path, Exception exception);
}
