namespace Capibara6.Hosting.ApplicationModel;

/// <summary>
/// The rules for names of resources and endpoints, which end up in variables, host names and files: 1 to 64 ASCII
/// letters, digits and hyphens, starting with a letter, without a hyphen at the end or two in a row.
/// </summary>
internal static class ModelName
{
    internal const int MaxLength = 64;

    /// <exception cref="ArgumentException">The name breaks a rule; the message says which.</exception>
    public static void Validate(string target, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Problem(name) is { } problem)
        {
            throw new ArgumentException($"{target} name '{name}' is invalid. {problem}", nameof(name));
        }
    }

    private static string? Problem(string name)
    {
        if (name.Length is 0 or > MaxLength)
        {
            return $"Name must be between 1 and {MaxLength} characters long.";
        }

        if (!char.IsAsciiLetter(name[0]))
        {
            return "Name must start with an ASCII letter.";
        }

        if (name.Any(character => !char.IsAsciiLetterOrDigit(character) && character != '-'))
        {
            return "Name must contain only ASCII letters, digits, and hyphens.";
        }

        if (name.Contains("--", StringComparison.Ordinal))
        {
            return "Name cannot contain consecutive hyphens.";
        }

        return name[^1] == '-' ? "Name cannot end with a hyphen." : null;
    }
}
