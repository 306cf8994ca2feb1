using System.Text;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>Makes names of resources fit for names of variables.</summary>
internal static class EnvironmentNames
{
    /// <summary>The name itself when it is one for a variable; else with _ for every other character and before a leading digit.</summary>
    public static string Encode(string name)
    {
        var encoded = new StringBuilder(name.Length + 1);
        foreach (var character in name)
        {
            encoded.Append(char.IsAsciiLetterOrDigit(character) || character == '_' ? character : '_');
        }

        if (encoded.Length > 0 && char.IsAsciiDigit(encoded[0]))
        {
            encoded.Insert(0, '_');
        }

        return encoded.ToString();
    }

    public static string EncodeUpper(string name) => Encode(name).ToUpperInvariant();
}
