using Capibara6.Api.Access;
using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Core;
using Capibara6.Core.Context;
using Capibara6.Core.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Capibara6.Api.Playbooks;

internal static class FeedbackEndpoints
{
    public static void MapFeedback(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/api/v1/query")
            .WithTags("Queries")
            .WithFailures(400, 401, 403, 404, 413, 415, 429, 500, 503)
            .RequirePermission(Permissions.Execute)
            .MapPost("/{id}/feedback", GiveAsync).WithName("giveFeedback");

    /// <summary>Say whether an answer helped</summary>
    /// <remarks>
    /// Credits what the answer's context came from. Your own answers only, for thirty days, and while playbooks are on. Said again,
    /// it replaces what you said before.
    /// </remarks>
    /// <param name="id">The answer's id.</param>
    /// <response code="204">It is noted.</response>
    internal static async Task<Results<NoContent, FailureResult>> GiveAsync(
        string id, JsonBody<FeedbackBody> body, CurrentCaller caller, IAnswerFeedback feedback, CancellationToken cancellationToken)
    {
        var outcome = Guid.TryParse(id, out var answer)
            ? await feedback.GiveAsync(caller.Caller, answer, body.Value.Helpful, body.Value.Comment, cancellationToken)
            : new Failure(FailureCodes.AnswerNotFound, FailureKind.NotFound, "There is no such answer.");
        return outcome.ToResult(_ => TypedResults.NoContent());
    }
}
