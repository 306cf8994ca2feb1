using Capibara6.Api.Access;
using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Core;
using Capibara6.Core.Identity.ApiKeys;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Capibara6.Api.Auth;

internal static class ApiKeyEndpoints
{
    private const int PageSize = 50;

    public static void MapApiKeys(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/auth/api-keys").WithTags("Access").WithFailures(401, 403, 429, 500, 503).RequireIdentity();
        group.MapGet("/", ListAsync).WithName("listApiKeys").WithFailures(400);
        group.MapPost("/", CreateAsync).WithName("createApiKey").WithFailures(400, 409, 413, 415);
        group.MapDelete("/{id}", RevokeAsync).WithName("revokeApiKey").WithFailures(404);
    }

    /// <summary>List your API keys</summary>
    /// <remarks>Administrators see everybody's.</remarks>
    /// <param name="limit">Keys on a page: 1 to 100, 50 by default.</param>
    /// <param name="before">The <c>next_before</c> of the page before this one.</param>
    /// <response code="200">A page of keys, newest first.</response>
    internal static async Task<Results<Ok<ApiKeyListResponse>, FailureResult>> ListAsync(
        CurrentCaller caller, IApiKeys keys, string? limit, string? before, CancellationToken cancellationToken)
    {
        if (PageQuery.Read(limit, before, PageSize, out var page) is { } failure)
        {
            return new FailureResult(failure);
        }

        var found = await keys.ListAsync(caller.Caller, page.Before, page.Limit, cancellationToken);
        return TypedResults.Ok(new ApiKeyListResponse(
            [.. found.Select(AuthMapping.ToResponse)], found.Count == page.Limit ? found[^1].Id : null));
    }

    /// <summary>Make an API key</summary>
    /// <remarks>Needs a token: a key can't make keys.</remarks>
    /// <response code="201">The key. Its secret is shown this once.</response>
    internal static async Task<Results<Created<NewApiKeyResponse>, FailureResult>> CreateAsync(
        JsonBody<ApiKeyBody> body, CurrentCaller caller, IApiKeys keys, HttpContext context, CancellationToken cancellationToken)
    {
        var draft = new ApiKeyDraft(body.Value.Name, body.Value.Permissions, body.Value.ExpiresAt, AuthMapping.ToLimits(body.Value.Budget));
        var outcome = await keys.CreateAsync(caller.Caller, draft, context.Origin(), cancellationToken);
        return outcome.ToResult(made => TypedResults.Created(
            $"/auth/api-keys/{made.View.Id}", new NewApiKeyResponse { Key = made.Key, ApiKey = AuthMapping.ToResponse(made.View) }));
    }

    /// <summary>Revoke an API key</summary>
    /// <param name="id">The key's id, not its secret.</param>
    /// <response code="204">The key counts no more.</response>
    internal static async Task<Results<NoContent, FailureResult>> RevokeAsync(
        string id, CurrentCaller caller, IApiKeys keys, HttpContext context, CancellationToken cancellationToken)
    {
        var outcome = Guid.TryParse(id, out var keyId)
            ? await keys.RevokeAsync(caller.Caller, keyId, context.Origin(), cancellationToken)
            : new Failure(FailureCodes.ApiKeyNotFound, FailureKind.NotFound, "There is no such API key.");
        return outcome.ToResult(_ => TypedResults.NoContent());
    }
}
