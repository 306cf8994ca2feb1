using System.Buffers;
using System.Text;

namespace Capibara6.Core.Sandbox.Code;

/// <summary>
/// Finds the code of an answer: blocks between fences of Markdown that name their language; if wanted, also code whose
/// language must be guessed. Blocks of one language are one program, as in a notebook.
/// </summary>
internal static class CodeFinder
{
    private static readonly SearchValues<char> s_tagEnds = SearchValues.Create(" \t,:{}");

    /// <param name="languages">Those that can be run; others are passed over.</param>
    /// <param name="guesses">Whether code counts that names no language, in a fence or bare.</param>
    public static CodeBlock? Find(string answer, IReadOnlyCollection<string> languages, bool guesses)
    {
        var (fenced, prose) = Split(answer);
        var named = fenced
            .Select(block => (Language: CodeLanguages.Of(block.Tag), block.Text))
            .Where(block => block.Language is not null && languages.Contains(block.Language) && !string.IsNullOrWhiteSpace(block.Text));
        if (Join(named!) is { } found)
        {
            return found;
        }

        if (!guesses)
        {
            return null;
        }

        var unnamed = fenced.Where(block => block.Tag.Length == 0).Select(block => (Language: CodeGuess.LanguageOf(block.Text), block.Text));
        return Join(unnamed.Where(block => block.Language is not null && languages.Contains(block.Language))!) ?? FindBare(prose, languages);
    }

    private static CodeBlock? FindBare(string text, IReadOnlyCollection<string> languages) =>
        CodeGuess.LongestRun(text) is { } run && CodeGuess.LanguageOf(run) is { } language && languages.Contains(language) ? new(language, run) : null;

    /// <summary>All blocks of the first one's language.</summary>
    private static CodeBlock? Join(IEnumerable<(string Language, string Text)> blocks)
    {
        var all = blocks.ToList();
        return all.Count == 0
            ? null
            : new(all[0].Language, string.Join('\n', all.Where(block => block.Language == all[0].Language).Select(block => block.Text)));
    }

    /// <summary>
    /// By CommonMark's rules as far as they matter: a fence is three or more of ` or ~, indented by up to three spaces, and ends with as
    /// many or with the text. Code of an indented fence loses that indent.
    /// </summary>
    private static (List<(string Tag, string Text)> Fenced, string Prose) Split(string answer)
    {
        var fenced = new List<(string, string)>();
        var (prose, code) = (new StringBuilder(), new StringBuilder());
        (string Fence, string Tag, int Indent)? open = null;
        foreach (var line in answer.ReplaceLineEndings("\n").Split('\n'))
        {
            var bare = line.TrimStart(' ');
            var indent = line.Length - bare.Length;
            var fence = FenceOf(bare);
            if (open is not { } start)
            {
                if (fence.Length > 0 && (fence[0] == '~' || !bare.AsSpan(fence.Length).Contains('`')))
                {
                    open = (fence, TagOf(bare[fence.Length..]), indent);
                }
                else
                {
                    prose.Append(line).Append('\n');
                }
            }
            else if (fence.Length >= start.Fence.Length && fence[0] == start.Fence[0] && bare.AsSpan(fence.Length).IsWhiteSpace())
            {
                fenced.Add((start.Tag, code.ToString()));
                code.Clear();
                open = null;
            }
            else
            {
                code.Append(line.AsSpan(Math.Min(indent, start.Indent))).Append('\n');
            }
        }

        if (open is { } last)
        {
            fenced.Add((last.Tag, code.ToString()));
        }

        return (fenced, prose.ToString());
    }

    private static string FenceOf(string line)
    {
        var mark = line.Length > 0 ? line[0] : '\0';
        var length = mark is '`' or '~' ? line.AsSpan().IndexOfAnyExcept(mark) : 0;
        length = length < 0 ? line.Length : length;
        return length >= 3 ? line[..length] : "";
    }

    // Behind the language may stand anything: {.line-numbers}, title="…", :file.py
    private static string TagOf(string info)
    {
        var tag = info.Trim().TrimStart('{', '.');
        var end = tag.AsSpan().IndexOfAny(s_tagEnds);
        return end < 0 ? tag : tag[..end];
    }
}
