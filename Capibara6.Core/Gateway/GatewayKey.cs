using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Capibara6.Core.Gateway;

/// <summary>
/// The name of a call in the cache: equal exactly when everything is equal that its answer depends on. The order of the fields
/// does not matter, who they are sent for does.
/// </summary>
internal static class GatewayKey
{
    // Changed whenever the meaning of the hash or of a kept answer changes, so that builds side by side don't mix them.
    private const int Format = 1;

    /// <summary>Fields that say who asks or how the call is filed, and nothing of the answer.</summary>
    private static readonly HashSet<string> s_indifferent = new(StringComparer.Ordinal)
    {
        "model", "user", "metadata", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "service_tier",
    };

    /// <param name="scope">Whose cache: an account's id, or the empty one where all share.</param>
    /// <param name="model">The model's id, or auto.</param>
    public static string Of(Guid scope, GatewayRoute route, string model, RequestFacts facts, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> scopeBytes = stackalloc byte[16];
        scope.TryWriteBytes(scopeBytes);
        Add(hash, scopeBytes);
        Add(hash, Format);
        Add(hash, Encoding.UTF8.GetBytes(route.Path));
        Add(hash, Encoding.UTF8.GetBytes(model.ToLowerInvariant()));
        foreach (var field in facts.Fields.Where(field => !s_indifferent.Contains(field.Name)).OrderBy(field => field.Name, StringComparer.Ordinal))
        {
            Add(hash, Encoding.UTF8.GetBytes(field.Name));
            Add(hash, body[field.ValueStart..field.ValueEnd]);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return "g:" + Base64Url.EncodeToString(digest);
    }

    private static void Add(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Add(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Add(IncrementalHash hash, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
