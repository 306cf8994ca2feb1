using System.Globalization;

namespace Capibara6.Api.Json;

/// <summary>A field's place in a body, written as in JavaScript: <c>queries[3].model</c>.</summary>
internal static class FieldPath
{
    // A name comes from the client; its start is enough to find it.
    private const int MaxNameLength = 64;

    public static string Join(string path, string name)
    {
        var shown = name.Length > MaxNameLength ? string.Concat(name.AsSpan(0, MaxNameLength), "…") : name;
        return path.Length == 0 ? shown : $"{path}.{shown}";
    }

    public static string Join(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
}
