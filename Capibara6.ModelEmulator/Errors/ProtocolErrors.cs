namespace Capibara6.ModelEmulator.Errors;

internal static class ProtocolErrors
{
    /// <summary>Gives every failure, unknown paths and wrong methods included, the protocol's body.</summary>
    public static void UseProtocolErrors(this WebApplication app) =>
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
                if (!context.Response.HasStarted && context.Response is { StatusCode: >= 400, ContentLength: null })
                {
                    await WriteAsync(context, Explain(context));
                }
            }
            catch (ProtocolException error) when (!context.Response.HasStarted)
            {
                await WriteAsync(context, error);
            }
            catch (BadHttpRequestException error) when (!context.Response.HasStarted)
            {
                await WriteAsync(context, new ProtocolException(error.StatusCode, "invalid_request_error", error.Message));
            }
        });

    private static Task WriteAsync(HttpContext context, ProtocolException error) =>
        EmulatorJson.WriteAsync(context, error.Status, error.Body, EmulatorJsonContext.Default.ErrorBody);

    private static ProtocolException Explain(HttpContext context)
    {
        var status = context.Response.StatusCode;
        var call = $"{context.Request.Method} {context.Request.Path}";
        return status switch
        {
            StatusCodes.Status404NotFound => new(status, "invalid_request_error", $"Unknown request URL: {call}.", "unknown_url"),
            StatusCodes.Status405MethodNotAllowed => new(status, "invalid_request_error", $"Not allowed: {call}.", "method_not_supported"),
            _ => ProtocolException.OfStatus(status),
        };
    }
}
