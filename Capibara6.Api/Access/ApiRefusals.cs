using Capibara6.Api.Errors;
using Capibara6.Core;
using Capibara6.ServiceDefaults.Access;

namespace Capibara6.Api.Access;

/// <summary>Refusals look like every other failure of this API.</summary>
internal sealed class ApiRefusals : IAccessRefusals
{
    public Task WriteAsync(HttpContext context, AccessRefusal refusal)
    {
        var kind = refusal.Status switch
        {
            StatusCodes.Status401Unauthorized => FailureKind.Unauthenticated,
            StatusCodes.Status403Forbidden => FailureKind.Forbidden,
            StatusCodes.Status429TooManyRequests => FailureKind.RateLimited,
            _ => FailureKind.Unavailable,
        };
        return new FailureResult(new Failure(refusal.Code, kind, refusal.Message) { RetryAfter = refusal.RetryAfter }).ExecuteAsync(context);
    }
}
