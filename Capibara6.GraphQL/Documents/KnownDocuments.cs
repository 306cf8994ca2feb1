using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Capibara6.Core;
using Capibara6.GraphQLApi.Errors;
using GraphQL;
using GraphQL.Execution;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Documents;

/// <summary>
/// Documents that clients name instead of sending them: trusted ones, which the operator has put into a file, and automatic
/// persisted queries, which a client has sent before with their hash. A hash is of the text, so nobody can put a document of their
/// own under the name of another.
/// </summary>
internal sealed class KnownDocuments : IDisposable
{
    private const string PersistedQuery = "persistedQuery";
    private readonly Dictionary<string, string> _trusted;
    private readonly HashSet<string> _trustedTexts;
    private readonly MemoryCache _persisted;
    private readonly DocumentOptions _options;

    public KnownDocuments(IOptions<DocumentOptions> options)
    {
        _options = options.Value;
        _trusted = _options.TrustedFile is { Length: > 0 } file
            ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(file)) ?? []
            : [];
        _trustedTexts = [.. _trusted.Values];
        _persisted = new MemoryCache(new MemoryCacheOptions { SizeLimit = _options.CacheLength });
    }

    /// <summary>The text of the document that is asked for.</summary>
    /// <param name="text">As the client sent it; null when it names one.</param>
    /// <param name="id">The id of a trusted document; null when the client gave none.</param>
    /// <param name="extensions">May hold the hash of an automatic persisted query.</param>
    /// <exception cref="ExecutionError">It isn't known, or may not be used.</exception>
    public string Find(string? text, string? id, Inputs? extensions)
    {
        var hash = HashIn(extensions);
        var found = (text, id ?? hash) switch
        {
            ({ } sent, null) => sent,
            ({ } sent, { } name) when hash is null || !name.Equals(HashOf(sent), StringComparison.OrdinalIgnoreCase) =>
                throw Invalid("The document and the name that was sent with it differ."),
            ({ } sent, { } name) => Keep(name, sent),
            (null, { } name) when _trusted.TryGetValue(name, out var trusted) => trusted,
            (null, { } name) => _persisted.TryGetValue(name.ToUpperInvariant(), out string? kept) ? kept! : throw new UnknownDocumentError(),
            _ => throw Invalid("'query' is missing: it holds the GraphQL document."),
        };
        return !_options.OnlyTrusted || _trustedTexts.Contains(found)
            ? found
            : throw new FailureError(new Failure(
                EdgeCodes.DocumentNotTrusted, FailureKind.Invalid, "Only documents that the operator has put on the list are carried out here.") { Field = "query" });
    }

    public void Dispose() => _persisted.Dispose();

    private string Keep(string hash, string text)
    {
        if (!_options.OnlyTrusted && text.Length <= _options.MaxLength)
        {
            _persisted.Set(hash.ToUpperInvariant(), text, new MemoryCacheEntryOptions { Size = text.Length });
        }

        return text;
    }

    private static string? HashIn(Inputs? extensions)
    {
        if (extensions is null || !extensions.TryGetValue(PersistedQuery, out var value) || value is null)
        {
            return null;
        }

        return value is IDictionary<string, object?> named
            && named.TryGetValue("version", out var version) && version is 1
            && named.TryGetValue("sha256Hash", out var hash) && hash is string { Length: 64 } text
                ? text
                : throw Invalid("'extensions.persistedQuery' holds a version, which is 1, and a sha256Hash of 64 digits.");
    }

    private static string HashOf(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static FailureError Invalid(string message) => new(new Failure(EdgeCodes.InvalidValue, FailureKind.Invalid, message) { Field = "query" });
}

/// <summary>The answer that makes a client send the document itself. Clients look for this very message.</summary>
internal sealed class UnknownDocumentError() : DocumentError("PersistedQueryNotFound");
