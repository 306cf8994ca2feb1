using Capibara6.ServiceDefaults.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace Microsoft.Extensions.Hosting;

/// <summary>What endpoints say about who may call them and how often.</summary>
public static class AccessEndpointExtensions
{
    /// <summary>Asks for this permission, and for the surface's.</summary>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder builder, string permission)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(new AuthorizationPolicyBuilder(AccessAuthenticationHandler.SchemeName)
            .RequireAuthenticatedUser().AddRequirements(new PermissionRequirement(permission)).Build());

    /// <summary>Asks for an identity that may use this surface; the handler keeps to what is the caller's own.</summary>
    public static TBuilder RequireIdentity<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(new AuthorizationPolicyBuilder(AccessAuthenticationHandler.SchemeName)
            .RequireAuthenticatedUser().AddRequirements(new PermissionRequirement(null)).Build());

    /// <summary>Needs no identity. The word that puts an endpoint on the short public list.</summary>
    public static TBuilder AllowPublic<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.AllowAnonymous();

    /// <summary>Draws from the bucket that the account has under this policy.</summary>
    public static TBuilder LimitByAccount<TBuilder>(this TBuilder builder, string policy)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new LimitGroup(policy, PerAddress: false));

    /// <summary>Draws from the bucket that the client's address has under this policy.</summary>
    public static TBuilder LimitByAddress<TBuilder>(this TBuilder builder, string policy)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new LimitGroup(policy, PerAddress: true));
}
