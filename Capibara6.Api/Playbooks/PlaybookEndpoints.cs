using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Core;
using Capibara6.Core.Context;
using Capibara6.Core.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Capibara6.Api.Playbooks;

internal static class PlaybookEndpoints
{
    public static void MapPlaybooks(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/playbooks")
            .WithTags("Playbooks")
            .WithFailures(401, 403, 429, 500, 503)
            .RequirePermission(Permissions.Admin);
        group.MapGet("/", ListAsync).WithName("listPlaybooks");
        group.MapGet("/{domain}", GetAsync).WithName("getPlaybook").WithFailures(404);
        group.MapPatch("/{domain}", ChangeAsync).WithName("changePlaybook").WithFailures(400, 404, 413, 415);
        group.MapDelete("/{domain}", DeleteAsync).WithName("deletePlaybook").WithFailures(404);
        group.MapPatch("/{domain}/bullets/{id}", ChangeBulletAsync).WithName("changeBullet").WithFailures(400, 404, 413, 415);
        group.MapGet("/{domain}/export", ExportAsync).WithName("exportPlaybook").WithFailures(404);
        group.MapPost("/{domain}/import", ImportAsync).WithName("importPlaybook").WithFailures(400, 413, 415);
    }

    /// <summary>List the playbooks</summary>
    /// <response code="200">The playbooks by domain.</response>
    internal static async Task<Ok<PlaybookListResponse>> ListAsync(IPlaybooks playbooks, CancellationToken cancellationToken) =>
        TypedResults.Ok(new PlaybookListResponse { Playbooks = [.. (await playbooks.ListAsync(cancellationToken)).Select(PlaybookMapping.ToSummary)] });

    /// <summary>Read a playbook</summary>
    /// <param name="domain">The domain that it is for.</param>
    /// <response code="200">The playbook with its bullets.</response>
    internal static async Task<Results<Ok<PlaybookResponse>, FailureResult>> GetAsync(string domain, IPlaybooks playbooks, CancellationToken cancellationToken) =>
        (await playbooks.GetAsync(domain, cancellationToken)).ToResult(page => TypedResults.Ok(page.ToResponse()));

    /// <summary>Rename or freeze a playbook</summary>
    /// <param name="domain">The domain that it is for.</param>
    /// <response code="200">The playbook as it is now.</response>
    internal static async Task<Results<Ok<PlaybookSummary>, FailureResult>> ChangeAsync(
        string domain, JsonBody<PlaybookChangeBody> body, IPlaybooks playbooks, CancellationToken cancellationToken) =>
        (await playbooks.ChangeAsync(domain, body.Value.Name, body.Value.Frozen, cancellationToken)).ToResult(view => TypedResults.Ok(view.ToSummary()));

    /// <summary>Remove a playbook with all that it learned</summary>
    /// <param name="domain">The domain that it is for.</param>
    /// <response code="204">It is gone.</response>
    internal static async Task<Results<NoContent, FailureResult>> DeleteAsync(string domain, IPlaybooks playbooks, CancellationToken cancellationToken) =>
        (await playbooks.DeleteAsync(domain, cancellationToken)).ToResult(_ => TypedResults.NoContent());

    /// <summary>Change or retire a bullet</summary>
    /// <param name="domain">The playbook's domain.</param>
    /// <param name="id">The bullet's id.</param>
    /// <response code="200">The bullet as it is now.</response>
    internal static async Task<Results<Ok<BulletResponse>, FailureResult>> ChangeBulletAsync(
        string domain, string id, JsonBody<BulletChangeBody> body, IPlaybooks playbooks, CancellationToken cancellationToken)
    {
        var outcome = Guid.TryParse(id, out var bullet)
            ? await playbooks.ChangeBulletAsync(domain, bullet, body.Value.Text, body.Value.Retired, cancellationToken)
            : new Failure(FailureCodes.BulletNotFound, FailureKind.NotFound, "The playbook has no such bullet.");
        return outcome.ToResult(changed => TypedResults.Ok(changed.ToResponse()));
    }

    /// <summary>Export a playbook</summary>
    /// <param name="domain">The domain that it is for.</param>
    /// <response code="200">What an import takes: the name and the bullets in use.</response>
    internal static async Task<Results<Ok<PlaybookDocument>, FailureResult>> ExportAsync(string domain, IPlaybooks playbooks, CancellationToken cancellationToken) =>
        (await playbooks.GetAsync(domain, cancellationToken)).ToResult(page => TypedResults.Ok(page.ToDocument()));

    /// <summary>Import bullets</summary>
    /// <remarks>Makes the playbook where there is none. Bullets that it has already, retired or not, are left as they are.</remarks>
    /// <param name="domain">The domain that they are for: lower-case letters.</param>
    /// <response code="200">The playbook as it is now.</response>
    internal static async Task<Results<Ok<PlaybookResponse>, FailureResult>> ImportAsync(
        string domain, JsonBody<PlaybookDocument> body, IPlaybooks playbooks, CancellationToken cancellationToken) =>
        (await playbooks.ImportAsync(domain, body.Value.Name, body.Value.ToDrafts(), cancellationToken)).ToResult(page => TypedResults.Ok(page.ToResponse()));
}
