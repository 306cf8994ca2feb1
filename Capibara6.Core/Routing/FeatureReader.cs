namespace Capibara6.Core.Routing;

/// <summary>Counts the features of a text in one pass.</summary>
internal ref struct FeatureReader
{
    private readonly ReadOnlySpan<char> _text;
    private readonly bool _isSpanish;
    private Domains _domains;
    private int _words;
    private int _sentences;
    private int _questions;
    private int _numbers;
    private int _mathSigns;
    private int _codeSigns;
    private int _reasoning;
    private int _steps;
    private int _simple;
    private int _hard;

    private FeatureReader(ReadOnlySpan<char> text)
    {
        _text = text;
        _isSpanish = Spanish.Looks(text);
    }

    [System.Runtime.CompilerServices.InlineArray(DomainCount)]
    private struct Domains
    {
        private int _first;
    }

    private const int DomainCount = (int)QueryDomain.Translation + 1;

    public static TextFeatures Read(ReadOnlySpan<char> text)
    {
        var reader = new FeatureReader(text);
        return reader.Read();
    }

    private TextFeatures Read()
    {
        var i = 0;
        while (i < _text.Length)
        {
            var c = _text[i];
            if (char.IsLetter(c))
            {
                i = ReadWord(i);
            }
            else if (char.IsAsciiDigit(c))
            {
                i = ReadNumber(i);
            }
            else
            {
                ReadSign(i, c);
                i++;
            }
        }

        return Result();
    }

    private int ReadWord(int start)
    {
        var end = start + 1;
        while (end < _text.Length && (char.IsLetterOrDigit(_text[end]) || IsInnerHyphen(end)))
        {
            end++;
        }

        _words++;
        end = PastLanguageSigns(start, end);
        var mark = Find(_text[start..end]);
        _domains[(int)mark.Domain]++;
        _reasoning += (mark.Kind & WordKind.Reasoning) != 0 ? 1 : 0;
        _steps += (mark.Kind & WordKind.Step) != 0 ? 1 : 0;
        _simple += (mark.Kind & WordKind.Simple) != 0 ? 1 : 0;
        _hard += (mark.Kind & WordKind.Hard) != 0 ? 1 : 0;
        return end;
    }

    private readonly WordMark Find(ReadOnlySpan<char> word)
    {
        Span<char> folded = stackalloc char[32];
        Span<char> made = stackalloc char[36];
        var plain = Spanish.Fold(word, folded);
        return Lexicon.Find(_isSpanish ? Spanish.ToEnglish(plain, made) : plain);
    }

    // The signs of C++, C# and F# are part of their names, not mathematics.
    private readonly int PastLanguageSigns(int start, int end)
    {
        if (end - start != 1 || end == _text.Length || !(_text[start] is 'C' or 'c' or 'F' or 'f'))
        {
            return end;
        }

        return _text[end] == '#' ? end + 1 : _text[end..].StartsWith("++") ? end + 2 : end;
    }

    private readonly bool IsInnerHyphen(int at) => _text[at] == '-' && at + 1 < _text.Length && char.IsLetter(_text[at + 1]);

    private int ReadNumber(int start)
    {
        var end = start + 1;
        while (end < _text.Length && (char.IsAsciiDigit(_text[end])
            || (_text[end] is '.' or ',' && end + 1 < _text.Length && char.IsAsciiDigit(_text[end + 1]))))
        {
            end++;
        }

        _numbers++;
        return end;
    }

    private void ReadSign(int at, char c)
    {
        switch (c)
        {
            case '?':
                _questions++;
                _sentences++;
                break;
            case '.' or '!' when at + 1 == _text.Length || char.IsWhiteSpace(_text[at + 1]):
                _sentences++;
                break;
            case '=' or '+' or '^' or '*' or '%' or '∑' or '∫' or '√' or '≤' or '≥' or '≠' or '∈' or '∀' or '∃' or 'π' or '\\':
                _mathSigns++;
                break;
            case '{' or '}' or ';' or '[' or ']' or '_' or '`' or '<' or '>':
            case '(' when at > 0 && char.IsLetterOrDigit(_text[at - 1]):
                _codeSigns++;
                break;
            default:
                break;
        }
    }

    private TextFeatures Result()
    {
        // Signs are fainter evidence than words: several make as much as one.
        _domains[(int)QueryDomain.Code] += _codeSigns / 3;
        _domains[(int)QueryDomain.Mathematics] += _mathSigns / 2;
        var (domain, confidence) = FindDomain();
        return new TextFeatures
        {
            IsSpanish = _isSpanish,
            Characters = _text.Length,
            Words = _words,
            Sentences = Math.Max(_sentences, _words > 0 ? 1 : 0),
            Questions = _questions,
            Numbers = _numbers,
            MathSigns = _mathSigns,
            CodeSigns = _codeSigns,
            ReasoningWords = _reasoning,
            StepWords = _steps,
            SimpleWords = _simple,
            HardWords = _hard,
            Domain = domain,
            DomainConfidence = confidence,
        };
    }

    private readonly (QueryDomain Domain, double Confidence) FindDomain()
    {
        var best = QueryDomain.General;
        int most = 0, all = 0;
        for (var domain = QueryDomain.Code; domain <= QueryDomain.Translation; domain++)
        {
            var count = _domains[(int)domain];
            all += count;
            if (count > most)
            {
                (best, most) = (domain, count);
            }
        }

        // One word of three or four domains says little; many of one say much.
        return most == 0 ? (QueryDomain.General, 0.5) : (best, (most + 0.5) / (all + 1.0));
    }
}
