using System.Globalization;
using Capibara6.Api.Errors;
using Capibara6.Core.Gateway;

namespace Capibara6.Api.ChatCompletions;

/// <summary>What an answer's headers say of how it came about.</summary>
internal static class ReplyHeaders
{
    public const string RequestId = "x-request-id";

    public static void Write(HttpContext context, GatewayReply reply, TimeSpan elapsed)
    {
        var headers = context.Response.Headers;
        headers[RequestId] = RequestTrace.IdOf(context);
        headers["openai-processing-ms"] = ((long)elapsed.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        headers["x-capibara6-id"] = reply.Id.ToString();
        headers["x-capibara6-model"] = reply.Model;
        headers["x-capibara6-route"] = reply.FellBack ? "fallback" : reply.WasRouted ? "auto" : "named";
        headers["x-capibara6-cached"] = reply.Age is null ? "false" : "true";
        if (reply.Age is { } age)
        {
            headers.Age = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (reply.CostUsd is { } cost)
        {
            headers["x-capibara6-cost"] = cost.ToString("0.#########", CultureInfo.InvariantCulture);
        }
    }
}
