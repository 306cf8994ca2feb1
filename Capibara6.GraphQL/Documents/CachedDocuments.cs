using GraphQL.Execution;
using GraphQLParser.AST;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Documents;

/// <summary>Reads a document once: clients send the same few again and again. What was refused is not kept.</summary>
internal sealed class CachedDocuments(BoundedDocumentBuilder builder, IOptions<DocumentOptions> options) : IDocumentBuilder, IDisposable
{
    private readonly MemoryCache _documents = new(new MemoryCacheOptions { SizeLimit = options.Value.CacheLength });

    public GraphQLDocument Build(string body)
    {
        if (_documents.TryGetValue(body, out GraphQLDocument? known))
        {
            return known!;
        }

        var document = builder.Build(body);
        _documents.Set(body, document, new MemoryCacheEntryOptions { Size = body.Length });
        return document;
    }

    public void Dispose() => _documents.Dispose();
}
