using Capibara6.Core.Gateway;

namespace Capibara6.Api.ChatCompletions;

/// <summary>Sends a whole answer as the bytes that it is.</summary>
internal sealed class PassedAnswer(GatewayReply reply, PassedBody body) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (body)
        await using (reply)
        {
            var response = httpContext.Response;
            response.ContentType = reply.ContentType;
            response.ContentLength = reply.Body.Length;
            await response.Body.WriteAsync(reply.Body, httpContext.RequestAborted);
        }
    }
}
