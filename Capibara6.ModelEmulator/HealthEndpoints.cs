namespace Capibara6.ModelEmulator;

internal static class HealthEndpoints
{
    /// <summary>It depends on nothing, so being alive is being ready.</summary>
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health", AnswerAsync);
        endpoints.MapGet("/alive", AnswerAsync);
    }

    private static Task AnswerAsync(HttpContext context) =>
        EmulatorJson.WriteAsync(context, StatusCodes.Status200OK, new HealthStatus("Healthy"), EmulatorJsonContext.Default.HealthStatus);
}

internal sealed record HealthStatus(string Status);
