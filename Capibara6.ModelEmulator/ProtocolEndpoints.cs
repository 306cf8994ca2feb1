using System.Text.Json;
using Capibara6.ModelEmulator.Chat;
using Capibara6.ModelEmulator.Responses;
using Capibara6.ModelEmulator.Vectors;

namespace Capibara6.ModelEmulator;

internal static class ProtocolEndpoints
{
    public static void MapProtocol(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapAnswers("/v1/chat/completions", new ChatProtocol());
        endpoints.MapAnswers("/v1/completions", new TextProtocol());
        endpoints.MapAnswers("/v1/responses", new ResponseProtocol());
        endpoints.MapVectors("/v1/embeddings", VectorAnswers.Embed);
        endpoints.MapVectors("/v1/moderations", VectorAnswers.Moderate);
    }

    private static void MapAnswers(this IEndpointRouteBuilder endpoints, string path, ModelProtocol protocol) =>
        endpoints.MapPost(path, context => context.RequestServices.GetRequiredService<ModelResponder>().AnswerAsync(context, protocol));

    private static void MapVectors(this IEndpointRouteBuilder endpoints, string path, Func<JsonElement, byte[]> answer) =>
        endpoints.MapPost(path, context => context.RequestServices.GetRequiredService<VectorResponder>().AnswerAsync(context, answer));
}
