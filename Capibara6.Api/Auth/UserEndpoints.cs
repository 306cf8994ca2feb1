using Capibara6.Api.Access;
using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Accounts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Capibara6.Api.Auth;

internal static class UserEndpoints
{
    private const int PageSize = 50;
    private static readonly Failure s_notFound = new(FailureCodes.UserNotFound, FailureKind.NotFound, "There is no such user.");

    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/auth/users").WithTags("Administration").WithFailures(401, 403, 429, 500, 503)
            .RequirePermission(Permissions.Admin);
        group.MapGet("/", ListAsync).WithName("listUsers").WithFailures(400);
        group.MapGet("/{id}", FindAsync).WithName("getUser").WithFailures(404);
        group.MapPost("/", CreateAsync).WithName("createUser").WithFailures(400, 409, 413, 415);
        group.MapPatch("/{id}", ChangeAsync).WithName("changeUser").WithFailures(400, 404, 409, 413, 415);
        group.MapDelete("/{id}", DeleteAsync).WithName("deleteUser").WithFailures(404, 409);
    }

    /// <summary>List the users</summary>
    /// <param name="limit">Users on a page: 1 to 100, 50 by default.</param>
    /// <param name="before">The <c>next_before</c> of the page before this one.</param>
    /// <response code="200">A page of accounts, newest first.</response>
    internal static async Task<Results<Ok<UserListResponse>, FailureResult>> ListAsync(
        IUsers users, string? limit, string? before, CancellationToken cancellationToken)
    {
        if (PageQuery.Read(limit, before, PageSize, out var page) is { } failure)
        {
            return new FailureResult(failure);
        }

        var found = await users.ListAsync(page.Before, page.Limit, cancellationToken);
        return TypedResults.Ok(new UserListResponse(
            [.. found.Select(AuthMapping.ToResponse)], found.Count == page.Limit ? found[^1].Id : null));
    }

    /// <summary>Get a user</summary>
    /// <param name="id">The account's id.</param>
    /// <response code="200">The account.</response>
    internal static async Task<Results<Ok<UserResponse>, FailureResult>> FindAsync(string id, IUsers users, CancellationToken cancellationToken)
    {
        var outcome = Guid.TryParse(id, out var userId) ? await users.FindAsync(userId, cancellationToken) : s_notFound;
        return outcome.ToResult(user => TypedResults.Ok(AuthMapping.ToResponse(user)));
    }

    /// <summary>Make a user</summary>
    /// <response code="201">The account.</response>
    internal static async Task<Results<Created<UserResponse>, FailureResult>> CreateAsync(
        JsonBody<UserBody> body, CurrentCaller caller, IUsers users, HttpContext context, CancellationToken cancellationToken)
    {
        var wanted = body.Value;
        var draft = new UserDraft(
            wanted.Username, wanted.Password, wanted.Email, wanted.Roles, wanted.RateLimits, AuthMapping.ToLimits(wanted.Budget));
        var outcome = await users.CreateAsync(caller.Caller, draft, context.Origin(), cancellationToken);
        return outcome.ToResult(user => TypedResults.Created($"/auth/users/{user.Id}", AuthMapping.ToResponse(user)));
    }

    /// <summary>Change a user</summary>
    /// <remarks>Other roles, another password or deactivation are felt on all replicas within seconds.</remarks>
    /// <param name="id">The account's id.</param>
    /// <response code="200">The account as it is now.</response>
    internal static async Task<Results<Ok<UserResponse>, FailureResult>> ChangeAsync(
        string id, JsonBody<UserChangeBody> body, CurrentCaller caller, IUsers users, HttpContext context, CancellationToken cancellationToken)
    {
        var wanted = body.Value;
        var change = new UserChange(
            wanted.Password, wanted.Email, wanted.Roles, wanted.Active, wanted.RateLimits, AuthMapping.ToLimits(wanted.Budget))
        {
            RevokeApiKeys = wanted.RevokeApiKeys ?? true,
        };
        var outcome = Guid.TryParse(id, out var userId)
            ? await users.ChangeAsync(caller.Caller, userId, change, context.Origin(), cancellationToken)
            : s_notFound;
        return outcome.ToResult(user => TypedResults.Ok(AuthMapping.ToResponse(user)));
    }

    /// <summary>Delete a user</summary>
    /// <remarks>With its sessions and keys. The audit log keeps what it did.</remarks>
    /// <param name="id">The account's id.</param>
    /// <response code="204">The account is gone.</response>
    internal static async Task<Results<NoContent, FailureResult>> DeleteAsync(
        string id, CurrentCaller caller, IUsers users, HttpContext context, CancellationToken cancellationToken)
    {
        var outcome = Guid.TryParse(id, out var userId)
            ? await users.DeleteAsync(caller.Caller, userId, context.Origin(), cancellationToken)
            : s_notFound;
        return outcome.ToResult(_ => TypedResults.NoContent());
    }
}
