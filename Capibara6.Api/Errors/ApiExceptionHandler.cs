using Capibara6.Core;
using Capibara6.Core.Data;
using Microsoft.AspNetCore.Diagnostics;

namespace Capibara6.Api.Errors;

/// <summary>Turns what was thrown into a failure; no text of an exception leaves the house.</summary>
internal sealed class ApiExceptionHandler(ILogger<ApiExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        await new FailureResult(ToFailure(exception)).ExecuteAsync(httpContext);
        return true;
    }

    /// <summary>The failure to answer with; what it means for us is logged here, once.</summary>
    public Failure ToFailure(Exception exception)
    {
        switch (exception)
        {
            case BadHttpRequestException bad:
                return FailureStatus.ToFailure(bad.StatusCode);
            case var _ when DatabaseFaults.IsCauseOf(exception):
                ErrorsLog.DatabaseUnavailable(logger, exception.GetBaseException().Message);
                return DatabaseFaults.Unavailable;
            default:
                ErrorsLog.Unhandled(logger, exception);
                return Failures.Internal;
        }
    }
}
