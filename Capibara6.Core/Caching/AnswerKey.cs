using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Capibara6.Core.Queries;

namespace Capibara6.Core.Caching;

/// <summary>
/// The canonical name of a request: equal exactly when everything that an answer depends on is equal. Each part is hashed with
/// its length before it, so that no two requests run into one another; names of the context are put in order first.
/// </summary>
internal static class AnswerKey
{
    // Changed whenever the meaning of the hash or of a cached answer changes, so that builds side by side don't mix them.
    private const int Format = 3;

    /// <param name="account">Whose answer it is; <see cref="Guid.Empty"/> for one that everybody shares.</param>
    public static string Of(QueryRequest request, Guid account)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, Format);
        Span<byte> owner = stackalloc byte[16];
        account.TryWriteBytes(owner);
        hash.AppendData(owner);
        Add(hash, request.Model.ToLowerInvariant());
        Add(hash, request.MaxTokens ?? -1);
        Add(hash, request.Temperature is { } temperature ? BitConverter.SingleToInt32Bits(temperature + 0f) : -1);
        Add(hash, (int)request.Execute);
        Add(hash, request.Context.Count);
        foreach (var (name, text) in Ordered(request.Context))
        {
            Add(hash, name);
            Add(hash, text);
        }

        Add(hash, request.History.Count);
        foreach (var turn in request.History)
        {
            Add(hash, turn.Role);
            Add(hash, turn.Text);
        }

        // White space around a question does not change it; inside it may (code).
        Add(hash, request.Query.AsSpan().Trim());

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return Base64Url.EncodeToString(digest);
    }

    private static IEnumerable<KeyValuePair<string, string>> Ordered(IReadOnlyDictionary<string, string> context) =>
        context.Count < 2 ? context : context.OrderBy(part => part.Key, StringComparer.Ordinal);

    private static void Add(IncrementalHash hash, ReadOnlySpan<char> text)
    {
        Add(hash, text.Length);
        hash.AppendData(MemoryMarshal.AsBytes(text));
    }

    private static void Add(IncrementalHash hash, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
