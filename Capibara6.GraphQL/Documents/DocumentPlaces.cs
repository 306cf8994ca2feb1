using System.Buffers;
using GraphQL;
using GraphQLParser;
using GraphQLParser.AST;

namespace Capibara6.GraphQLApi.Documents;

/// <summary>
/// Tells lines and columns of what is told, and of nothing else. The engine looks for a place from the start of the document
/// each time it notes a mistake; so it gets a document of one letter, notes offsets, and those told are found here.
/// </summary>
internal static class DocumentPlaces
{
    private static readonly ROM s_oneLetter = " ";
    private static readonly SearchValues<char> s_lineEnds = SearchValues.Create("\r\n");

    /// <summary>From here on, places noted of this document are (1, offset + 1).</summary>
    public static void NoteOffsets(GraphQLDocument document) => document.Source = s_oneLetter;

    /// <summary>Turns the offsets that these errors have into places.</summary>
    public static void Find(IEnumerable<ExecutionError> errors, string body)
    {
        List<int>? lines = null;
        foreach (var error in errors)
        {
            if (error is not DocumentSyntaxError && error.Locations is { } places)
            {
                lines ??= StartsOfLines(body);
                for (var index = 0; index < places.Count; index++)
                {
                    places[index] = PlaceOf(places[index].Column - 1, lines);
                }
            }
        }
    }

    private static List<int> StartsOfLines(string body)
    {
        List<int> starts = [0];
        for (var at = 0; body.AsSpan(at).IndexOfAny(s_lineEnds) is >= 0 and var length;)
        {
            at += length + (string.CompareOrdinal(body, at + length, "\r\n", 0, 2) == 0 ? 2 : 1);
            starts.Add(at);
        }

        return starts;
    }

    private static Location PlaceOf(int offset, List<int> lines)
    {
        var found = lines.BinarySearch(offset);
        var line = found >= 0 ? found : ~found - 1;
        return new Location(line + 1, offset - lines[line] + 1);
    }
}
