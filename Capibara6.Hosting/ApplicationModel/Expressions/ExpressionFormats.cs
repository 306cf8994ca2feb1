using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>How the value of a hole is written. The only format is <c>uri</c>.</summary>
internal static class ExpressionFormats
{
    public const string Uri = "uri";

    /// <exception cref="FormatException">The format is unknown.</exception>
    public static void Validate(string? format)
    {
        if (format is not null && !string.Equals(format, Uri, StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException($"The format '{format}' is unknown in a reference expression; the only one is '{Uri}'.");
        }
    }

    public static string? Apply(string? value, string? format)
    {
        Validate(format);
        return format is null || value is null ? value : System.Uri.EscapeDataString(value);
    }
}

/// <summary>Names for conditional expressions in a manifest: readable, and different when the content differs.</summary>
internal static class ConditionalNames
{
    public static string For(IValueProvider condition, string matchValue, ReferenceExpression whenTrue, ReferenceExpression whenFalse)
    {
        var expression = (condition as IManifestExpressionProvider)?.ValueExpression ?? condition.GetType().Name;
        var content = string.Join('\n', expression, matchValue, whenTrue.ValueExpression, whenFalse.ValueExpression);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..8];
        return $"cond-{Sanitize(expression)}-{hash}";
    }

    /// <summary>An expression as a resource name: letters and digits in lower case, single hyphens for the rest.</summary>
    public static string Sanitize(string expression)
    {
        var name = new StringBuilder(expression.Length);
        foreach (var character in expression)
        {
            if (char.IsAsciiLetterOrDigit(character))
            {
                name.Append(char.ToLowerInvariant(character));
            }
            else if (name.Length > 0 && name[^1] != '-')
            {
                name.Append('-');
            }
        }

        return name.ToString().TrimEnd('-');
    }
}
