using System.Globalization;
using System.Text.RegularExpressions;
using Capibara6.ModelEmulator.Chat;
using Capibara6.ModelEmulator.Tokens;

namespace Capibara6.ModelEmulator.Answers;

/// <summary>
/// The text of an answer, made of nothing but the conversation: it says what it is and what it was asked, and to a question
/// about programming it adds a small program that runs: at once, or, if it is about an average, once it has been told that the first failed.
/// </summary>
internal static partial class AnswerText
{
    private const int MaxQuoted = 300;

    public static string For(ChatRequest request)
    {
        var told = QuestionOf(request);

        // Who has been told that the code failed answers the question before.
        var failed = IsToldOfError(request);
        var question = failed ? request.Messages.Last(message => message.Role == "user" && message.Text != told).Text : told;
        var opening =
            $"This is the model emulator speaking as {request.Model}: no language model was asked, and this text depends on nothing but the prompt. "
            + $"The question was: \"{Quote(question)}\" "
            + string.Create(
                CultureInfo.InvariantCulture,
                $"({question.Length} characters, about {Tokenizer.Count(question)} tokens, in a conversation of {request.Messages.Count} messages).");
        if (!IsAboutCode(question))
        {
            return opening;
        }

        var (language, program) = SampleProgram.For(question, corrected: failed);
        var intent = failed ? "The program failed, so here it is, corrected" : "The question looks like one about programming, so here is a program that runs";
        return $"{opening}\n\n{intent}:\n\n```{language}\n{program}```\n";
    }

    public static string QuestionOf(ChatRequest request) => request.Messages.LastOrDefault(message => message.Role == "user")?.Text ?? "";

    private static bool IsToldOfError(ChatRequest request) => request.Messages is [.., { Role: "assistant" } answer, { Role: "user" } told]
        && answer.Text.Contains("```", StringComparison.Ordinal)
        && told.Text.Contains("failed", StringComparison.OrdinalIgnoreCase)
        && request.Messages.Any(message => message.Role == "user" && message.Text != told.Text);

    private static bool IsAboutCode(string question) => CodeWords().IsMatch(question);

    private static string Quote(string question)
    {
        var line = WhiteSpace().Replace(question, " ").Trim();
        if (line.Length <= MaxQuoted)
        {
            return line;
        }

        var end = char.IsHighSurrogate(line[MaxQuoted - 1]) ? MaxQuoted - 1 : MaxQuoted;
        return line[..end] + "…";
    }

    [GeneratedRegex(
        @"```|\b(code|coding|python|javascript|function|algorithm|program|programming|script|class|method|recursion|recursive|loop|sort|regex|compile|debug|implement|fibonacci|factorial|prime)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CodeWords();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex WhiteSpace();
}
