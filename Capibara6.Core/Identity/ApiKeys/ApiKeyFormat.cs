using System.Buffers;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Capibara6.Core.Identity.Credentials;

namespace Capibara6.Core.Identity.ApiKeys;

/// <summary>
/// <c>cap6_</c>, 256 random bits in hexadecimal, and the CRC-32 of all that in hexadecimal: 77 characters. Whoever finds
/// one in a repository can tell what it is, and a mistyped one is refused before anything is looked up.
/// </summary>
internal static class ApiKeyFormat
{
    public const string Prefix = "cap6_";
    private const int RandomDigits = 64;
    private const int ChecksumDigits = 8;
    private const int HintLength = 12;
    private static readonly int s_length = Prefix.Length + RandomDigits + ChecksumDigits;
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    public static string Create()
    {
        var body = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomDigits / 2));
        return body + Checksum(body);
    }

    public static bool IsWellFormed(string? key) =>
        key is not null && key.Length == s_length && key.StartsWith(Prefix, StringComparison.Ordinal)
        && !key.AsSpan(Prefix.Length).ContainsAnyExcept(s_digits)
        && key.AsSpan(s_length - ChecksumDigits).SequenceEqual(Checksum(key.AsSpan(0, s_length - ChecksumDigits)));

    public static string Hint(string key) => key[..HintLength];

    public static Sha256Hash Hash(string key)
    {
        Span<byte> text = stackalloc byte[s_length];
        Encoding.ASCII.GetBytes(key, text);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return Sha256Hash.From(hash);
    }

    private static string Checksum(ReadOnlySpan<char> body)
    {
        Span<byte> text = stackalloc byte[s_length];
        var written = Encoding.ASCII.GetBytes(body, text);
        return Crc32.HashToUInt32(text[..written]).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
    }
}
