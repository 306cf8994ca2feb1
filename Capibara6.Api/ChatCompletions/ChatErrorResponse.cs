using Capibara6.Api.Errors;
using Capibara6.Core;

namespace Capibara6.Api.ChatCompletions;

/// <summary>A failure in the shape of OpenAI's API, which its clients know how to raise.</summary>
/// <param name="Error">What went wrong.</param>
internal sealed record ChatErrorResponse(ChatError Error)
{
    public static ChatErrorResponse From(Failure failure) => failure.Upstream is { } upstream
        ? new(new ChatError(upstream.Message, upstream.Type ?? TypeOf(failure), upstream.Param, upstream.Code ?? failure.Code))
        : new(new ChatError(failure.Message, TypeOf(failure), failure.Field, failure.Code));

    /// <summary>A model's own refusal keeps its own status.</summary>
    public static int StatusOf(Failure failure) =>
        failure.Upstream is { Status: >= 400 and < 500 } upstream ? upstream.Status : FailureStatus.Of(failure);

    private static string TypeOf(Failure failure) => FailureKinds.OpenAIType(FailureStatus.Of(failure));
}

/// <summary>What went wrong.</summary>
/// <param name="Message">For people.</param>
/// <param name="Type">The class of error, in OpenAI's words.</param>
/// <param name="Param">The field that is wrong; null when it is none in particular.</param>
/// <param name="Code">Stable code in snake_case, the same as in problem details; of a model's own error, its own.</param>
internal sealed record ChatError(string Message, string Type, string? Param, string Code);
