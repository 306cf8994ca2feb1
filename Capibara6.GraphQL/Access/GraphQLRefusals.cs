using System.Globalization;
using Capibara6.Core;
using Capibara6.GraphQLApi.Transport;
using Capibara6.ServiceDefaults.Access;

namespace Capibara6.GraphQLApi.Access;

/// <summary>Refusals look like every other error of this API.</summary>
internal sealed class GraphQLRefusals(ResponseWriter writer) : IAccessRefusals
{
    public Task WriteAsync(HttpContext context, AccessRefusal refusal)
    {
        if (refusal.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        var kind = refusal.Status switch
        {
            StatusCodes.Status401Unauthorized => FailureKind.Unauthenticated,
            StatusCodes.Status403Forbidden => FailureKind.Forbidden,
            StatusCodes.Status429TooManyRequests => FailureKind.RateLimited,
            _ => FailureKind.Unavailable,
        };
        return writer.WriteRefusalAsync(
            context, new RefusedException(refusal.Status, new Failure(refusal.Code, kind, refusal.Message)),
            ResponseFormat.Negotiate(context.Request) ?? ResponseFormat.Json);
    }
}
