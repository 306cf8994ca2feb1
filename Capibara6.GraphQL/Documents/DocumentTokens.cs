namespace Capibara6.GraphQLApi.Documents;

/// <summary>Where a token of a document is. Strings are told apart because they may be as long as they like.</summary>
internal readonly record struct DocumentToken(int Start, int Length, bool IsString);

/// <summary>A document cut into its tokens in one pass, without building anything.</summary>
/// <param name="Tokens">In order; comments, commas and blanks are none.</param>
/// <param name="LongestLine">In characters.</param>
/// <param name="HasComments">Whether any comment was passed over.</param>
internal sealed record DocumentTokens(IReadOnlyList<DocumentToken> Tokens, int LongestLine, bool HasComments)
{
    /// <summary>Stops after <paramref name="max"/> + 1 tokens: what is longer is refused anyway.</summary>
    /// <exception cref="DocumentTextException">A string doesn't end, or holds what a string can't.</exception>
    public static DocumentTokens Read(string text, int max)
    {
        var tokens = new List<DocumentToken>();
        var (longest, lineStart, comments) = (0, 0, false);
        for (var at = 0; at < text.Length && tokens.Count <= max;)
        {
            switch (text[at])
            {
                case '\n' or '\r':
                    longest = Math.Max(longest, at - lineStart);
                    lineStart = ++at;
                    break;
                case ' ' or '\t' or ',' or '\uFEFF':
                    at++;
                    break;
                case '#':
                    comments = true;
                    at = EndOfLine(text, at);
                    break;
                default:
                    var token = TokenAt(text, at);
                    tokens.Add(token);
                    at = token.Start + token.Length;
                    break;
            }
        }

        return new DocumentTokens(tokens, Math.Max(longest, text.Length - lineStart), comments);
    }

    private static DocumentToken TokenAt(string text, int at)
    {
        if (text[at] == '"')
        {
            var end = string.CompareOrdinal(text, at, "\"\"\"", 0, 3) == 0 ? EndOfBlockString(text, at) : EndOfString(text, at);
            return new DocumentToken(at, end - at, IsString: true);
        }

        if (string.CompareOrdinal(text, at, "...", 0, 3) == 0)
        {
            return new DocumentToken(at, 3, IsString: false);
        }

        // Names and numbers run on as far as they can; the parser tells what is wrong with one.
        var next = at + 1;
        while (IsWord(text[at]) && next < text.Length && (IsWord(text[next]) || IsInNumber(text, at, next)))
        {
            next++;
        }

        return new DocumentToken(at, next - at, IsString: false);
    }

    private static bool IsWord(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-';

    private static bool IsInNumber(string text, int start, int at) => text[at] is '.' or '+' && !char.IsAsciiLetter(text[start]) && text[start] != '_';

    private static int EndOfLine(string text, int at)
    {
        var end = text.AsSpan(at).IndexOfAny('\n', '\r');
        return end < 0 ? text.Length : at + end;
    }

    private static int EndOfString(string text, int start)
    {
        for (var at = start + 1; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '"':
                    return at + 1;
                case '\n' or '\r':
                    throw new DocumentTextException("Unterminated string.", at);
                case '\\':
                    at = EndOfEscape(text, at);
                    break;
                case < ' ' and not '\t':
                    throw new DocumentTextException("Invalid character within a string.", at);
            }
        }

        throw new DocumentTextException("Unterminated string.", text.Length);
    }

    private static int EndOfEscape(string text, int at) => (at + 1 < text.Length ? text[at + 1] : '\0') switch
    {
        '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't' => at + 1,
        'u' when at + 5 < text.Length && IsHex(text.AsSpan(at + 2, 4)) => at + 5,
        _ => throw new DocumentTextException("Invalid character escape sequence.", at),
    };

    private static bool IsHex(ReadOnlySpan<char> digits)
    {
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit(digit))
            {
                return false;
            }
        }

        return true;
    }

    private static int EndOfBlockString(string text, int start)
    {
        for (var at = start + 3; at < text.Length; at++)
        {
            if (text[at] < ' ' && text[at] is not ('\t' or '\n' or '\r'))
            {
                throw new DocumentTextException("Invalid character within a block string.", at);
            }

            if (text[at] == '\\' && string.CompareOrdinal(text, at, "\\\"\"\"", 0, 4) == 0)
            {
                at += 3;
            }
            else if (text[at] == '"' && string.CompareOrdinal(text, at, "\"\"\"", 0, 3) == 0)
            {
                return at + 3;
            }
        }

        throw new DocumentTextException("Unterminated block string.", text.Length);
    }
}

/// <summary>Text that is no GraphQL, and where.</summary>
internal sealed class DocumentTextException(string description, int position) : Exception(description)
{
    public int Position => position;
}
