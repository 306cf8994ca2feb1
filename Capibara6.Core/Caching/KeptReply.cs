using System.Buffers;
using System.ComponentModel;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;

namespace Capibara6.Core.Caching;

/// <summary>An answer as it is kept: the bytes that the caller got.</summary>
/// <param name="Model">Id of the model that made it.</param>
[ImmutableObject(true)]
internal sealed record KeptReply(string Model, string ContentType, bool IsStream, DateTimeOffset MadeAt, byte[] Body)
{
    /// <summary>Larger answers are not kept.</summary>
    public const int MaxBytes = 1024 * 1024;
}

/// <summary>Kept answers in Redis: their bytes as they are, behind a short head.</summary>
internal sealed class KeptReplySerializer : IHybridCacheSerializer<KeptReply>
{
    public KeptReply Deserialize(ReadOnlySequence<byte> source)
    {
        using var reader = new BinaryReader(new MemoryStream(source.ToArray()), Encoding.UTF8);
        return new KeptReply(
            reader.ReadString(), reader.ReadString(), reader.ReadBoolean(), DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadInt64()),
            reader.ReadBytes(reader.ReadInt32()));
    }

    public void Serialize(KeptReply value, IBufferWriter<byte> target)
    {
        using var head = new MemoryStream(64);
        using (var writer = new BinaryWriter(head, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(value.Model);
            writer.Write(value.ContentType);
            writer.Write(value.IsStream);
            writer.Write(value.MadeAt.ToUnixTimeMilliseconds());
            writer.Write(value.Body.Length);
        }

        target.Write(head.GetBuffer().AsSpan(0, (int)head.Length));
        target.Write(value.Body);
    }
}
