using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Queries;

namespace Capibara6.Api.ChatCompletions;

/// <summary>Between OpenAI's words and Core's.</summary>
internal static class ChatMapping
{
    /// <summary>A conversation as a question: the user's last message is the query, the others are its history.</summary>
    public static Outcome<QueryRequest> ToRequest(this ChatBody body, Caller caller)
    {
        if (ChatParameters.FindUnsupported(body.Others) is { } unsupported)
        {
            return unsupported;
        }

        if (body.Messages.Count == 0)
        {
            return BodyExplanation.Invalid(EdgeCodes.InvalidValue, "messages", "'messages' is empty; send at least the user's question.");
        }

        var turns = new List<QueryTurn>(body.Messages.Count);
        for (var index = 0; index < body.Messages.Count; index++)
        {
            switch (ToTurn(body.Messages[index], FieldPath.Join("messages", index)))
            {
                case Outcome<QueryTurn>.Success turn:
                    turns.Add(turn.Value);
                    break;
                case Outcome<QueryTurn>.Failed failed:
                    return failed.Failure;
            }
        }

        if (turns[^1].Role != "user")
        {
            return BodyExplanation.Invalid(
                EdgeCodes.InvalidValue, FieldPath.Join("messages", turns.Count - 1) + ".role", "The last message must be the user's question.");
        }

        return new QueryRequest(turns[^1].Text, caller)
        {
            Model = body.Model,
            MaxTokens = body.MaxCompletionTokens ?? body.MaxTokens,
            Temperature = body.Temperature,
            History = turns[..^1],
        };
    }

    public static ChatCompletionResponse ToCompletion(this QueryResult result, int? maxTokens) => new()
    {
        Id = CompletionId(result.Id),
        Created = result.Timestamp.ToUnixTimeSeconds(),
        Model = result.ModelUsed,
        Choices = [new ChatChoice { Message = new ChatAnswer { Content = result.Result }, FinishReason = result.FinishReason(maxTokens) }],
        Usage = result.ToUsage(),
    };

    public static ChatUsage ToUsage(this QueryResult result) => new()
    {
        PromptTokens = result.Usage.PromptTokens,
        CompletionTokens = result.Usage.CompletionTokens,
        TotalTokens = result.Usage.PromptTokens + result.Usage.CompletionTokens,
    };

    /// <summary>An answer that used up its bound was cut off by it.</summary>
    public static string FinishReason(this QueryResult result, int? maxTokens) =>
        result.Usage.CompletionTokens >= maxTokens ? "length" : "stop";

    /// <summary>The field as this client wrote it, for one that Core calls by its own name.</summary>
    public static string? FieldOf(Failure failure, ChatBody body) => failure.Field switch
    {
        "query" => FieldPath.Join("messages", body.Messages.Count - 1) + ".content",
        "history" => "messages",
        "max_tokens" when body.MaxCompletionTokens is not null => "max_completion_tokens",
        var field => field,
    };

    public static string CompletionId(Guid id) => $"chatcmpl-{id:N}";

    private static Outcome<QueryTurn> ToTurn(ChatMessageBody message, string path)
    {
        var role = message.Role switch
        {
            "system" or "developer" => "system",
            "user" or "assistant" or "tool" => message.Role,
            _ => null,
        };
        if (role is null)
        {
            return BodyExplanation.Invalid(
                EdgeCodes.InvalidValue, $"{path}.role", $"'{path}.role' must be one of: system, developer, user, assistant, tool.");
        }

        if (message.Content.Text is { } text)
        {
            return new QueryTurn(role, text);
        }

        var parts = message.Content.Value ?? [];
        for (var index = 0; index < parts.Count; index++)
        {
            if (parts[index] is not { Type: "text", Text: not null })
            {
                return BodyExplanation.Invalid(
                    EdgeCodes.UnsupportedParameter, FieldPath.Join($"{path}.content", index), "Only text parts are supported: {\"type\":\"text\",\"text\":\"…\"}.");
            }
        }

        return new QueryTurn(role, string.Join('\n', parts.Select(part => part.Text)));
    }
}
