using Capibara6.Api.Access;
using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.Audit;
using Capibara6.Core.Identity.SigningKeys;
using Capibara6.Core.Identity.Tokens;
using Capibara6.Core.RateLimiting;
using Capibara6.Core.Usage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Capibara6.Api.Auth;

internal static class AuthEndpoints
{
    private const int AuditPageSize = 50;

    public static void MapAuth(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/auth").WithTags("Access").WithFailures(400, 413, 415, 429, 500, 503)
            .AllowPublic().LimitByAddress(RateLimitOptions.AuthPolicy);
        open.MapPost("/login", LogInAsync).WithName("logIn").WithFailures(401);
        open.MapPost("/refresh", RefreshAsync).WithName("refreshTokens").WithFailures(401);
        open.MapPost("/logout", LogOutAsync).WithName("logOut");

        var own = routes.MapGroup("/auth").WithTags("Access").WithFailures(401, 403, 429, 500, 503).RequireIdentity();
        own.MapGet("/me", MeAsync).WithName("getMe");
        own.MapPost("/password", ChangePasswordAsync).WithName("changePassword").WithFailures(400, 413, 415)
            .LimitByAddress(RateLimitOptions.AuthPolicy);

        var admin = routes.MapGroup("/auth").WithTags("Administration").WithFailures(400, 401, 403, 429, 500, 503).RequirePermission(Permissions.Admin);
        admin.MapGet("/audit", AuditAsync).WithName("listAuditEvents");
        admin.MapPost("/signing-keys", RotateAsync).WithName("rotateSigningKey").WithFailures(413, 415);
    }

    /// <summary>Log in</summary>
    /// <response code="200">An access token for 15 minutes, and a refresh token for the next pair.</response>
    internal static async Task<Results<Ok<TokenResponse>, FailureResult>> LogInAsync(
        JsonBody<LoginBody> body, ISessions sessions, HttpContext context, CancellationToken cancellationToken)
    {
        var outcome = await sessions.LogInAsync(body.Value.Username, body.Value.Password, context.Origin(), cancellationToken);
        return outcome.ToResult(pair => Answer(context, pair));
    }

    /// <summary>Exchange a refresh token</summary>
    /// <remarks>Each counts once. Showing one again ends the session, whoever does it.</remarks>
    /// <response code="200">The next pair.</response>
    internal static async Task<Results<Ok<TokenResponse>, FailureResult>> RefreshAsync(
        JsonBody<RefreshBody> body, ISessions sessions, HttpContext context, CancellationToken cancellationToken)
    {
        var outcome = await sessions.RefreshAsync(body.Value.RefreshToken, context.Origin(), cancellationToken);
        return outcome.ToResult(pair => Answer(context, pair));
    }

    /// <summary>Log out</summary>
    /// <remarks>Ends the session of the refresh token, its access tokens included, on all replicas within seconds.</remarks>
    /// <response code="204">The session has ended, now or before.</response>
    internal static async Task<NoContent> LogOutAsync(JsonBody<RefreshBody> body, ISessions sessions, CancellationToken cancellationToken)
    {
        await sessions.LogOutAsync(body.Value.RefreshToken, cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>See who you are</summary>
    /// <response code="200">Your account, your permissions, your budgets.</response>
    internal static async Task<Ok<MeResponse>> MeAsync(HttpContext context, IBudgets budgets, CancellationToken cancellationToken)
    {
        var identity = CoreAccess.IdentityOf(context)!;
        var statuses = await budgets.ReadAsync(identity.Caller, cancellationToken);
        return TypedResults.Ok(new MeResponse
        {
            Id = identity.Caller.AccountId,
            Username = identity.Caller.Name,
            Roles = identity.Roles,
            Permissions = [.. identity.Caller.Permissions.Order(StringComparer.Ordinal)],
            ApiKeyId = identity.Caller.ApiKeyId,
            Budgets = [.. statuses.Select(AuthMapping.ToView)],
        });
    }

    /// <summary>Change your password</summary>
    /// <remarks>
    /// Ends all your sessions; log in again with the new one. Your API keys go on, unless you say otherwise: if somebody knew the old
    /// password, end them too. Needs the token of a log-in; wrong guesses count as those of log-in do.
    /// </remarks>
    /// <response code="204">The new password counts.</response>
    internal static async Task<Results<NoContent, FailureResult>> ChangePasswordAsync(
        JsonBody<PasswordBody> body, CurrentCaller caller, IUsers users, HttpContext context, CancellationToken cancellationToken)
    {
        var outcome = await users.ChangePasswordAsync(
            caller.Caller,
            new PasswordChange(body.Value.CurrentPassword, body.Value.NewPassword, body.Value.RevokeApiKeys ?? false),
            context.Origin(),
            cancellationToken);
        return outcome.ToResult(_ => TypedResults.NoContent());
    }

    /// <summary>Read the audit log</summary>
    /// <param name="limit">Events on a page: 1 to 100, 50 by default.</param>
    /// <param name="before">The <c>next_before</c> of the page before this one.</param>
    /// <response code="200">Administrative acts and failed log-ins, newest first.</response>
    internal static async Task<Results<Ok<AuditListResponse>, FailureResult>> AuditAsync(
        IAuditLog audit, string? limit, string? before, CancellationToken cancellationToken)
    {
        if (PageQuery.Read(limit, before, AuditPageSize, out var page) is { } failure)
        {
            return new FailureResult(failure);
        }

        var outcome = await audit.ListAsync(page.Before, page.Limit, cancellationToken);
        return outcome.ToResult(events => TypedResults.Ok(new AuditListResponse(
            [.. events.Select(AuthMapping.ToView)], events.Count == page.Limit ? events[^1].Id : null)));
    }

    /// <summary>Replace the key that signs tokens</summary>
    /// <response code="204">The new key is published.</response>
    internal static async Task<NoContent> RotateAsync(
        JsonBody<RotationBody>? body, CurrentCaller caller, ISigningKeyRing keys, HttpContext context, CancellationToken cancellationToken)
    {
        await keys.RotateAsync(caller.Caller, context.Origin(), body?.Value.RevokeOld ?? false, cancellationToken);
        return TypedResults.NoContent();
    }

    private static Ok<TokenResponse> Answer(HttpContext context, TokenPair pair)
    {
        // RFC 6749 §5.1: nobody on the way may keep tokens.
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new TokenResponse
        {
            AccessToken = pair.AccessToken,
            RefreshToken = pair.RefreshToken,
            TokenType = "Bearer",
            ExpiresIn = (int)pair.ExpiresIn.TotalSeconds,
        });
    }
}
