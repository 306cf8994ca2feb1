using System.Buffers.Text;
using System.Text;
using Capibara6.Core;
using Capibara6.GraphQLApi.Errors;
using GraphQL;

namespace Capibara6.GraphQLApi.Pages;

/// <summary>Places in lists. Clients keep them and give them back; what they hold is nobody's business.</summary>
internal static class Cursor
{
    public const string After = "after";
    public const string First = "first";

    public static string Of(object place) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{place}")));

    /// <summary>The place that the page begins after; null for the first page.</summary>
    /// <exception cref="FailureError">It is no cursor of this list.</exception>
    public static T? ReadAfter<T>(this IResolveFieldContext context)
        where T : struct, IParsable<T>
    {
        var text = context.GetArgument<string?>(After);
        if (text is null)
        {
            return null;
        }

        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return text.Length <= 100 && Base64Url.IsValid(text)
            && Base64Url.TryDecodeFromChars(text, bytes, out var length) && T.TryParse(Encoding.UTF8.GetString(bytes, 0, length), null, out var place)
                ? place
                : throw Invalid(After, $"'{After}' must be the cursor of an entry of this list.");
    }

    /// <summary>The length of the page.</summary>
    /// <exception cref="FailureError">It is out of range.</exception>
    public static int ReadFirst(this IResolveFieldContext context, int otherwise, int max)
    {
        var value = context.GetArgument<int?>(First) ?? otherwise;
        return value >= 1 && value <= max ? value : throw Invalid(First, $"'{First}' must be 1 to {max}.");
    }

    private static FailureError Invalid(string argument, string message) =>
        new(new Failure(EdgeCodes.InvalidValue, FailureKind.Invalid, message) { Field = argument });
}
