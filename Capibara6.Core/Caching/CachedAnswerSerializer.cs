using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Caching.Hybrid;

namespace Capibara6.Core.Caching;

/// <summary>Answers as JSON in Redis.</summary>
internal sealed class CachedAnswerSerializer : IHybridCacheSerializer<CachedAnswer>
{
    public CachedAnswer Deserialize(ReadOnlySequence<byte> source)
    {
        var reader = new Utf8JsonReader(source);
        return JsonSerializer.Deserialize(ref reader, CachedAnswerJson.Default.CachedAnswer)
            ?? throw new JsonException("A cached answer is null.");
    }

    public void Serialize(CachedAnswer value, IBufferWriter<byte> target)
    {
        using var writer = new Utf8JsonWriter(target);
        JsonSerializer.Serialize(writer, value, CachedAnswerJson.Default.CachedAnswer);
    }
}

[JsonSerializable(typeof(CachedAnswer))]
internal sealed partial class CachedAnswerJson : JsonSerializerContext;
