using System.Globalization;
using System.Text;

namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>The pieces of a composite format such as <c>Host={0};Port={1}</c>, where <c>{{</c> stands for a brace.</summary>
internal static class FormatParts
{
    /// <summary>Either a text, or the number of a hole.</summary>
    public static IEnumerable<(string? Literal, int Hole)> Of(string format)
    {
        var literal = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            var isDoubled = i + 1 < format.Length && format[i + 1] == format[i];
            if (format[i] is '{' or '}' && isDoubled)
            {
                literal.Append(format[i++]);
            }
            else if (format[i] == '{')
            {
                if (literal.Length > 0)
                {
                    yield return (literal.ToString(), 0);
                    literal.Clear();
                }

                var end = format.IndexOf('}', i);
                yield return (null, int.Parse(format.AsSpan(i + 1, end - i - 1), CultureInfo.InvariantCulture));
                i = end;
            }
            else
            {
                literal.Append(format[i]);
            }
        }

        if (literal.Length > 0)
        {
            yield return (literal.ToString(), 0);
        }
    }
}
