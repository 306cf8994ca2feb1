using System.Security.Cryptography;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>Makes passwords without characters that look alike or that shells and URLs stumble over.</summary>
internal static class PasswordGenerator
{
    public const string LowerCase = "abcdefghjkmnpqrstuvwxyz";
    public const string UpperCase = "ABCDEFGHJKMNPQRSTUVWXYZ";
    public const string Digits = "0123456789";
    public const string Special = "-_.{}~()*+!";

    /// <exception cref="ArgumentException">A minimum is asked for of a class of characters that is not allowed, or nothing is allowed.</exception>
    public static string Generate(
        int minLength, bool lower, bool upper, bool numeric, bool special, int minLower, int minUpper, int minNumeric, int minSpecial)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minLength);
        (string Alphabet, bool Allowed, int Minimum)[] classes =
        [
            (LowerCase, lower, minLower), (UpperCase, upper, minUpper), (Digits, numeric, minNumeric), (Special, special, minSpecial),
        ];
        var characters = new List<char>(minLength);
        foreach (var (alphabet, allowed, minimum) in classes)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(minimum);
            if (!allowed && minimum > 0)
            {
                throw new ArgumentException($"A password can't have {minimum} of the characters {alphabet}, which it may not contain.");
            }

            characters.AddRange(RandomNumberGenerator.GetItems<char>(alphabet, minimum));
        }

        var all = string.Concat(classes.Where(entry => entry.Allowed).Select(entry => entry.Alphabet));
        if (all.Length == 0)
        {
            throw new ArgumentException("A password needs at least one class of characters.");
        }

        if (characters.Count < minLength)
        {
            characters.AddRange(RandomNumberGenerator.GetItems<char>(all, minLength - characters.Count));
        }

        var password = characters.ToArray();
        RandomNumberGenerator.Shuffle<char>(password);
        return new string(password);
    }
}
