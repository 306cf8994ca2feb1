namespace Capibara6.ModelEmulator.Chat;

internal static class ChatEndpoints
{
    public static void MapChat(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/v1/chat/completions", context => context.RequestServices.GetRequiredService<ChatResponder>().AnswerAsync(context));
}
