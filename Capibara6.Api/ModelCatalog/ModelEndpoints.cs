using Capibara6.Api.Errors;
using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.ModelClients;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Capibara6.Api.ModelCatalog;

internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/models")
            .WithTags("Models")
            .WithFailures(401, 403, 429, 500)
            .RequirePermission(Permissions.Read);

        group.MapGet("/", List).WithName("listModels");
        group.MapGet("/{id}", Find).WithName("getModel").WithFailures(404);
    }

    /// <summary>List the models</summary>
    /// <response code="200">All models, smallest first.</response>
    internal static Ok<ModelListResponse> List(IModelCatalog catalog) =>
        TypedResults.Ok(new ModelListResponse([.. catalog.Models.Select(ModelResponse.From)]));

    /// <summary>Get a model</summary>
    /// <param name="id">The model's id; upper and lower case are the same.</param>
    /// <response code="200">The model.</response>
    internal static Results<Ok<ModelResponse>, FailureResult> Find(string id, IModelCatalog catalog) =>
        catalog.Find(id) is { } model
            ? TypedResults.Ok(ModelResponse.From(model))
            : new FailureResult(new(FailureCodes.ModelNotFound, FailureKind.NotFound, "There is no model of that id; GET /api/v1/models lists them."));
}
