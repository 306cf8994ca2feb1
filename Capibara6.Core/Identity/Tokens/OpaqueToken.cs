using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Capibara6.Core.Identity.Tokens;

/// <summary>Refresh tokens: 256 random bits that mean nothing by themselves.</summary>
internal static class OpaqueToken
{
    public const string Prefix = "cap6r_";
    private const int Bytes = 32;
    private static readonly int s_length = Prefix.Length + Base64Url.GetEncodedLength(Bytes);

    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static bool LooksRight(string? token) =>
        token is not null && token.Length == s_length && token.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>What is stored. A fast hash is enough: 256 random bits can't be guessed.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
