using System.Text.RegularExpressions;

namespace Capibara6.Core.Sandbox.Code;

/// <summary>Guesses at code that names no language, from lines that only code has.</summary>
internal static partial class CodeGuess
{
    // One line that looks like code is a coincidence; prose has such lines.
    private const int MinLines = 2;

    /// <summary>The language; null when it is too doubtful.</summary>
    public static string? LanguageOf(string text)
    {
        var lines = text.Split('\n');
        if (lines[0].StartsWith("#!", StringComparison.Ordinal))
        {
            return lines[0].Contains("python", StringComparison.Ordinal) ? CodeLanguages.Python
                : lines[0].Contains("sh", StringComparison.Ordinal) ? CodeLanguages.Bash
                : lines[0].Contains("node", StringComparison.Ordinal) ? CodeLanguages.JavaScript
                : null;
        }

        var scores = new (string Language, int Score)[]
        {
            (CodeLanguages.Python, lines.Count(line => Python().IsMatch(line))),
            (CodeLanguages.JavaScript, lines.Count(line => JavaScript().IsMatch(line))),
            (CodeLanguages.Bash, lines.Count(line => Bash().IsMatch(line))),
        };
        var best = scores.MaxBy(score => score.Score);
        return best.Score >= MinLines && scores.Count(score => score.Score == best.Score) == 1 ? best.Language : null;
    }

    /// <summary>The longest stretch of lines that are code, or stand between such.</summary>
    public static string? LongestRun(string text)
    {
        var lines = text.Split('\n');
        var (bestStart, bestEnd, bestCount) = (0, 0, 0);
        var (start, end, count) = (-1, -1, 0);
        for (var i = 0; i <= lines.Length; i++)
        {
            if (i < lines.Length && IsCode(lines[i]))
            {
                (start, end, count) = (count == 0 ? i : start, i, count + 1);
            }
            else if (i == lines.Length || (count > 0 && !string.IsNullOrWhiteSpace(lines[i]) && !char.IsWhiteSpace(lines[i][0]) && lines[i][0] is not ('#' or '}' or ')' or ']')))
            {
                (bestStart, bestEnd, bestCount) = count > bestCount ? (start, i, count) : (bestStart, bestEnd, bestCount);
                count = 0;
            }
        }

        return bestCount >= MinLines ? string.Join('\n', lines[bestStart..bestEnd]).TrimEnd() + "\n" : null;
    }

    private static bool IsCode(string line) => Python().IsMatch(line) || JavaScript().IsMatch(line) || Bash().IsMatch(line);

    [GeneratedRegex(
        @"^\s*(def \w+\(.*\).*:|class \w+.*:|import \w+|from [\w.]+ import |print\(|for .+ in .+:|while .+:|(el)?if .+:|else:|try:|except.*:|with .+:|return\b|[A-Za-z_]\w* = [^;]+$)",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Python();

    [GeneratedRegex(
        @"^\s*((const|let|var) [\w{\[].*=|(async )?function\b.*\{|console\.\w+\(|(for|while|if) \(.*\) ?\{|.*=> ?[\{(]|return\b.*;|\}.*else.*\{|\w+(\.\w+)*\(.*\);)",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex JavaScript();

    [GeneratedRegex(
        @"^\s*(echo |(for|while) .*; ?do|if \[|fi$|done$|then$|[A-Z_]+=\S|(ls|cd|mkdir|cat|grep|awk|sed|find|rm|cp|mv|chmod|touch|printf|seq|sort|wc) )",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Bash();
}
