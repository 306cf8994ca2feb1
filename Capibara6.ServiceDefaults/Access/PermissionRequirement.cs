using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Capibara6.ServiceDefaults.Access;

/// <summary>Asks for a permission of the caller; the surface's own is always asked as well.</summary>
/// <param name="Permission">Null when being known is enough.</param>
public sealed record PermissionRequirement(string? Permission) : IAuthorizationRequirement;

internal sealed class PermissionHandler(IOptions<AccessOptions> options) : AuthorizationHandler<PermissionRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, PermissionRequirement requirement)
    {
        if ((context.Resource as HttpContext)?.Features.Get<AccessIdentity>() is { } identity
            && identity.Permissions.Contains(options.Value.SurfacePermission)
            && (requirement.Permission is null || identity.Permissions.Contains(requirement.Permission)))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
