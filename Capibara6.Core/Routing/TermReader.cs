namespace Capibara6.Core.Routing;

/// <summary>Walks a text as words (with the digits and underscores in them), and single signs; blanks part them.</summary>
internal ref struct TermReader(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _next;

    public int Start { get; private set; }

    public readonly ReadOnlySpan<char> Term => _text[Start.._next];

    public bool Read()
    {
        while (_next < _text.Length && char.IsWhiteSpace(_text[_next]))
        {
            _next++;
        }

        if (_next == _text.Length)
        {
            return false;
        }

        Start = _next++;
        if (IsWord(_text[Start]))
        {
            while (_next < _text.Length && IsWord(_text[_next]))
            {
                _next++;
            }
        }

        return true;
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
