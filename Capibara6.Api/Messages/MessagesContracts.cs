using System.Text.Json;
using System.Text.Json.Serialization;
using Capibara6.Api.Errors;
using Capibara6.Core;

namespace Capibara6.Api.Messages;

/// <summary>A request of Anthropic's Messages API. It is translated to a chat completion.</summary>
internal sealed record ChatMessagesBody
{
    /// <summary>Id or alias of a model, or <c>auto</c> to let the router choose.</summary>
    public required string Model { get; init; }

    /// <summary>Bound on the answer in tokens.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>The conversation in Anthropic's shape: texts, images, uses of tools and their results.</summary>
    public required IReadOnlyList<JsonElement> Messages { get; init; }

    /// <summary>Instructions: a text, or blocks of text.</summary>
    public JsonElement? System { get; init; }

    /// <summary>Whether to answer as server-sent events.</summary>
    public bool? Stream { get; init; }

    /// <summary>Tools that the model may use, with the schema of their input.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>Further fields: tool_choice, stop_sequences, temperature, top_p and top_k are translated, others are left out.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>A failure in the shape of Anthropic's API.</summary>
/// <param name="Error">What went wrong.</param>
internal sealed record ChatMessagesErrorResponse(ChatMessagesError Error)
{
    /// <summary>Always <c>error</c>.</summary>
    public string Type { get; init; } = "error";

    public static ChatMessagesErrorResponse From(Failure failure) =>
        new(new ChatMessagesError(TypeOf(FailureStatus.Of(failure)), failure.Upstream?.Message ?? failure.Message));

    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status404NotFound => "not_found_error",
        StatusCodes.Status413PayloadTooLarge => "request_too_large",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        StatusCodes.Status503ServiceUnavailable => "overloaded_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };
}

/// <summary>What went wrong.</summary>
/// <param name="Type">The class of error, in Anthropic's words.</param>
/// <param name="Message">For people.</param>
internal sealed record ChatMessagesError(string Type, string Message);
