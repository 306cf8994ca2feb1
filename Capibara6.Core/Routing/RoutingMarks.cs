namespace Capibara6.Core.Routing;

/// <summary>What weighed most for the larger and for the smaller model: two marks each.</summary>
internal record struct RoutingMarks
{
    private Mark _for;
    private Mark _alsoFor;
    private Mark _against;
    private Mark _alsoAgainst;

    /// <param name="weight">Positive when it speaks for the larger model.</param>
    /// <param name="isLacking">It weighs because it is not there.</param>
    public void Add(string name, double weight, bool isLacking = false) => Add(new Mark(name, isLacking ? -1 : 0, weight));

    /// <param name="start">Where the word that weighs begins in the text.</param>
    public void Add(int start, double weight) => Add(new Mark(null, start, weight));

    public readonly string Describe(string text)
    {
        var larger = Join(text, _for, _alsoFor);
        var smaller = Join(text, _against, _alsoAgainst);
        return (larger, smaller) switch
        {
            (null, null) => "Nothing in it weighs much",
            (_, null) => "What weighs is for the larger model: " + larger,
            (null, _) => "What weighs is for the smaller model: " + smaller,
            _ => $"For the larger model: {larger}; for the smaller: {smaller}",
        };
    }

    private void Add(Mark mark)
    {
        if (mark.Weight > _for.Weight)
        {
            (_alsoFor, _for) = (_for, mark);
        }
        else if (mark.Weight > _alsoFor.Weight)
        {
            _alsoFor = mark;
        }
        else if (mark.Weight < _against.Weight)
        {
            (_alsoAgainst, _against) = (_against, mark);
        }
        else if (mark.Weight < _alsoAgainst.Weight)
        {
            _alsoAgainst = mark;
        }
    }

    private static string? Join(string text, Mark first, Mark second) =>
        first.Weight == 0 ? null : second.Weight == 0 ? first.In(text) : $"{first.In(text)}, {second.In(text)}";

    private readonly record struct Mark(string? Name, int Start, double Weight)
    {
        private const int LongestWord = 24;

        public string In(string text)
        {
            if (Name is not null)
            {
                return Start < 0 ? "the lack of " + Name : Name;
            }

            var reader = new TermReader(text.AsSpan(Start));
            reader.Read();
            return $"'{reader.Term[..Math.Min(reader.Term.Length, LongestWord)]}'";
        }
    }
}
