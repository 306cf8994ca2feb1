namespace Capibara6.ModelEmulator.ModelCatalog;

internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/v1/models", ListAsync);
        // Ids may hold slashes, as those of model hubs do.
        endpoints.MapGet("/v1/models/{**id}", GetAsync);
    }

    private static Task ListAsync(HttpContext context)
    {
        var models = context.RequestServices.GetRequiredService<EmulatedModels>();
        var list = new ModelList("list", [.. models.All.Select(model => Describe(model, models))]);
        return EmulatorJson.WriteAsync(context, StatusCodes.Status200OK, list, EmulatorJsonContext.Default.ModelList);
    }

    private static Task GetAsync(HttpContext context)
    {
        var models = context.RequestServices.GetRequiredService<EmulatedModels>();
        var model = models.Get((string)context.GetRouteValue("id")!);
        return EmulatorJson.WriteAsync(context, StatusCodes.Status200OK, Describe(model, models), EmulatorJsonContext.Default.ModelObject);
    }

    private static ModelObject Describe(EmulatedModel model, EmulatedModels models) =>
        new(model.Id, "model", models.Created, "capibara6-model-emulator", model.ContextWindow);
}

internal sealed record ModelList(string Object, IReadOnlyList<ModelObject> Data);

/// <param name="MaxModelLen">The context window in tokens, under the name that vLLM gives it.</param>
internal sealed record ModelObject(string Id, string Object, long Created, string OwnedBy, int MaxModelLen);
