namespace Capibara6.ModelEmulator.Errors;

/// <summary>A failure in the protocol's own shape.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="type">The protocol's class of error, such as <c>invalid_request_error</c>.</param>
/// <param name="code">The protocol's code; null where it has none.</param>
/// <param name="param">The field that is wrong; null when it is none in particular.</param>
internal sealed class ProtocolException(int status, string type, string message, string? code = null, string? param = null) : Exception(message)
{
    public int Status => status;

    public ErrorBody Body => new(new ErrorDetail(Message, type, param, code));

    public static ProtocolException Invalid(string message, string? param = null, string? code = null) =>
        new(StatusCodes.Status400BadRequest, "invalid_request_error", message, code, param);

    public static ProtocolException UnknownModel(string model) =>
        new(StatusCodes.Status404NotFound, "invalid_request_error",
            $"The model '{model}' does not exist. GET /v1/models lists those that do.", "model_not_found", "model");

    /// <summary>The error that a real server gives with this status.</summary>
    public static ProtocolException OfStatus(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => new(status, "invalid_request_error", "Incorrect API key provided.", "invalid_api_key"),
        StatusCodes.Status429TooManyRequests => new(status, "requests", "Rate limit reached for requests.", "rate_limit_exceeded"),
        StatusCodes.Status503ServiceUnavailable => new(status, "server_error", "The engine is currently overloaded, please try again later."),
        >= 500 => new(status, "server_error", "The server had an error while processing your request."),
        _ => new(status, "invalid_request_error", $"The emulator was told to answer {status}."),
    };
}

internal sealed record ErrorBody(ErrorDetail Error);

internal sealed record ErrorDetail(string Message, string Type, string? Param, string? Code);
