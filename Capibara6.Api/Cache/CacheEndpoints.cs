using Capibara6.Api.Access;
using Capibara6.Api.Auth;
using Capibara6.Api.Errors;
using Capibara6.Core.Caching;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Audit;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Capibara6.Api.Cache;

internal static class CacheEndpoints
{
    public static void MapCache(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/api/v1/cache")
            .WithTags("Cache")
            .WithFailures(401, 403, 429, 500, 503)
            .RequirePermission(Permissions.Admin)
            .MapDelete("/", ClearAsync).WithName("clearCache");

    /// <summary>Forget all cached answers</summary>
    /// <remarks>At once on this replica, on the others as soon as they hear of it.</remarks>
    /// <response code="204">The cache is empty.</response>
    internal static async Task<NoContent> ClearAsync(
        IAnswerCache cache, IAuditLog audit, CurrentCaller caller, HttpContext context, CancellationToken cancellationToken)
    {
        await audit.RecordAsync(AuditActions.CacheCleared, caller.Caller, context.Origin(), cancellationToken);
        await cache.ClearAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}
