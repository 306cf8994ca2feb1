using System.Text.Json;
using Capibara6.ModelEmulator.Errors;

namespace Capibara6.ModelEmulator.Faults;

/// <summary>Control of the faults while the emulator runs. Mapped in Development only.</summary>
internal static class FaultEndpoints
{
    public static void MapFaults(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/emulator/faults", ListAsync);
        endpoints.MapPut("/emulator/faults", ReplaceAsync);
        endpoints.MapDelete("/emulator/faults", ClearAsync);
    }

    private static Task ListAsync(HttpContext context)
    {
        var faults = context.RequestServices.GetRequiredService<FaultPlan>().List();
        var body = new FaultsBody { Faults = [.. faults.Select(entry => entry.Fault)], Struck = [.. faults.Select(entry => entry.Struck)] };
        return EmulatorJson.WriteAsync(context, StatusCodes.Status200OK, body, EmulatorJsonContext.Default.FaultsBody);
    }

    private static async Task ReplaceAsync(HttpContext context)
    {
        FaultsBody? body;
        try
        {
            body = await JsonSerializer.DeserializeAsync(
                context.Request.Body, EmulatorJsonContext.Default.FaultsBody, context.RequestAborted);
            context.RequestServices.GetRequiredService<FaultPlan>().Set(body?.Faults ?? throw new JsonException("The body is null."));
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw ProtocolException.Invalid($"Not a list of faults: {error.Message}", "faults");
        }

        await ListAsync(context);
    }

    private static Task ClearAsync(HttpContext context)
    {
        context.RequestServices.GetRequiredService<FaultPlan>().Set();
        return ListAsync(context);
    }
}

/// <summary>Body of <c>/emulator/faults</c>: <c>{"faults":[{"kind":"status","status":429,"retry_after_seconds":2,"rate":0.5,"count":10}]}</c>.</summary>
internal sealed record FaultsBody
{
    public required IReadOnlyList<Fault> Faults { get; init; }

    /// <summary>How often each has struck, in the same order; ignored when sent.</summary>
    public IReadOnlyList<int>? Struck { get; init; }
}
