using Capibara6.Core;

namespace Capibara6.Api.Errors;

/// <summary>Between failures and HTTP statuses, in both directions; what only the edge knows goes before <see cref="FailureKinds"/>.</summary>
internal static class FailureStatus
{
    /// <summary>The status that a failure is answered with.</summary>
    public static int Of(Failure failure) => failure.Code switch
    {
        EdgeCodes.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        EdgeCodes.RequestTimeout => StatusCodes.Status408RequestTimeout,
        EdgeCodes.UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
        EdgeCodes.HeadersTooLarge => StatusCodes.Status431RequestHeaderFieldsTooLarge,
        EdgeCodes.InternalError => StatusCodes.Status500InternalServerError,
        _ => failure.Kind.Status(),
    };

    /// <summary>The failure behind a bare status that routing, the server or a middleware set.</summary>
    public static Failure ToFailure(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => new(FailureCodes.Unauthenticated, FailureKind.Unauthenticated, "This call needs credentials: send a token or an API key as 'Authorization: Bearer …'."),
        StatusCodes.Status403Forbidden => new(FailureCodes.Forbidden, FailureKind.Forbidden, "These credentials don't permit this call."),
        StatusCodes.Status404NotFound => new(EdgeCodes.NotFound, FailureKind.NotFound, "There is nothing at this address; the API's description lists the calls."),
        StatusCodes.Status405MethodNotAllowed => new(EdgeCodes.MethodNotAllowed, FailureKind.Invalid, "This address doesn't take that method; the Allow header lists those it takes."),
        StatusCodes.Status408RequestTimeout => new(EdgeCodes.RequestTimeout, FailureKind.Invalid, "The request took too long to arrive; send it again, faster."),
        StatusCodes.Status413PayloadTooLarge => Failures.BodyTooLarge,
        StatusCodes.Status415UnsupportedMediaType => Failures.NotJson,
        StatusCodes.Status429TooManyRequests => new(FailureCodes.RateLimited, FailureKind.RateLimited, "Too many requests; wait as long as Retry-After says."),
        StatusCodes.Status431RequestHeaderFieldsTooLarge => new(EdgeCodes.HeadersTooLarge, FailureKind.Invalid, "The request's headers are larger than 32 KiB in all."),
        StatusCodes.Status503ServiceUnavailable => new(EdgeCodes.ServiceUnavailable, FailureKind.Unavailable, "The service is not ready; try again in a moment."),
        StatusCodes.Status504GatewayTimeout => new(EdgeCodes.ProcessingTimeout, FailureKind.TimedOut, "The request took longer than this call may take; ask for less, or stream."),
        >= 400 and < 500 => new(FailureCodes.InvalidRequest, FailureKind.Invalid, "The request can't be read as HTTP or as this call's parameters; the API's description says what they are."),
        _ => Failures.Internal,
    };
}
