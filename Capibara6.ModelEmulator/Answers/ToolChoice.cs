using Capibara6.ModelEmulator.Chat;
using Capibara6.ModelEmulator.Errors;

namespace Capibara6.ModelEmulator.Answers;

/// <summary>
/// Which tool an answer calls: the one that it must; else one whose name the question holds in its words, as long as the
/// question is the last word: to a tool's result a text is the answer.
/// </summary>
internal static class ToolChoice
{
    public static Tool? Find(ChatRequest request, string question)
    {
        if (request.Tools.Count == 0 || request.ToolChoice == "none")
        {
            return null;
        }

        if (request.ToolChoice is not ("auto" or "required"))
        {
            return request.Tools.FirstOrDefault(tool => tool.Name == request.ToolChoice)
                ?? throw ProtocolException.Invalid($"'tool_choice' names '{request.ToolChoice}', which is none of the tools.", "tool_choice");
        }

        if (request.ToolChoice == "required")
        {
            return request.Tools[0];
        }

        return request.Messages[^1].Role == "user" ? request.Tools.FirstOrDefault(tool => IsMeant(tool, question)) : null;
    }

    private static bool IsMeant(Tool tool, string question) =>
        tool.Name.Split('_', '-').Any(word => word.Length > 3 && question.Contains(word, StringComparison.OrdinalIgnoreCase));
}
