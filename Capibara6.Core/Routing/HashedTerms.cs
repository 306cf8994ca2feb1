using System.Buffers;

namespace Capibara6.Core.Routing;

/// <summary>The words and signs of a text and each two neighbours, as numbers of buckets, with how often each comes.</summary>
internal static class HashedTerms
{
    public const int Bits = 16;
    public const int Buckets = 1 << Bits;

    // Of a longer text the beginning and the end are read: what is asked stands there.
    private const int LongestHead = 4_608;
    private const int LongestTail = 1_536;

    /// <summary>Hands each bucket that the text falls into to a visitor, once.</summary>
    public static void Visit<TVisitor>(ReadOnlySpan<char> text, bool isSpanish, ref TVisitor visitor)
        where TVisitor : ITermVisitor, allows ref struct
    {
        var capacity = 2 * Math.Min(text.Length, LongestHead + LongestTail);
        var terms = ArrayPool<ulong>.Shared.Rent(Math.Max(capacity, 1));
        try
        {
            var count = Fill(text, isSpanish, terms);
            var read = terms.AsSpan(0, count);
            read.Sort();
            for (var i = 0; i < count;)
            {
                var first = i;
                var bucket = (int)(read[i] >> 32);
                while (i < count && (int)(read[i] >> 32) == bucket)
                {
                    i++;
                }

                var place = (uint)read[first];
                visitor.Visit(bucket, i - first, (int)(place >> 1), (place & 1) == 1);
            }
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(terms);
        }
    }

    /// <summary>FNV-1a.</summary>
    public static uint HashOf(ReadOnlySpan<char> term)
    {
        var hash = 2_166_136_261u;
        foreach (var c in term)
        {
            hash = (hash ^ c) * 16_777_619u;
        }

        return hash;
    }

    private static int Fill(ReadOnlySpan<char> text, bool isSpanish, ulong[] terms)
    {
        if (text.Length <= LongestHead + LongestTail)
        {
            return Fill(text, 0, isSpanish, terms, 0);
        }

        var count = Fill(text[..LongestHead], 0, isSpanish, terms, 0);
        return Fill(text[^LongestTail..], text.Length - LongestTail, isSpanish, terms, count);
    }

    private static int Fill(ReadOnlySpan<char> text, int offset, bool isSpanish, ulong[] terms, int count)
    {
        Span<char> folded = stackalloc char[32];
        Span<char> made = stackalloc char[36];
        var (before, startBefore, any) = (0u, 0, false);
        var reader = new TermReader(text);
        while (reader.Read())
        {
            var word = Spanish.Fold(reader.Term, folded);
            var hash = HashOf(isSpanish ? Spanish.ToEnglish(word, made) : word);
            terms[count++] = Pack(hash, reader.Start + offset, pair: false);
            if (any)
            {
                terms[count++] = Pack(((before * 31) + hash) ^ 0x9E37_79B9u, startBefore, pair: true);
            }

            (before, startBefore, any) = (hash, reader.Start + offset, true);
        }

        return count;
    }

    // The bucket above, where the term begins below.
    private static ulong Pack(uint hash, int start, bool pair)
    {
        var bucket = (hash ^ (hash >> Bits)) & (Buckets - 1);
        return ((ulong)bucket << 32) | ((uint)start << 1) | (pair ? 1u : 0u);
    }
}

internal interface ITermVisitor
{
    /// <param name="count">How often the bucket was met.</param>
    /// <param name="start">Where its first term begins in the text.</param>
    /// <param name="pair">It is two neighbours, not one.</param>
    void Visit(int bucket, int count, int start, bool pair);
}
