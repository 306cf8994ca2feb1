using System.Buffers;

namespace Capibara6.Core.Jobs;

/// <summary>Cuts a file that comes in pieces into its lines, none of them larger than a bound in memory.</summary>
internal static class FileLines
{
    /// <summary>Each line without its end, null for one that is longer than <paramref name="maxBytes"/>. Valid until the next.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>?> ReadAsync(IAsyncEnumerable<byte[]> pieces, int maxBytes)
    {
        var line = new ArrayBufferWriter<byte>();
        var tooLong = false;
        await foreach (var piece in pieces)
        {
            var rest = piece.AsMemory();
            while (rest.Span.IndexOf((byte)'\n') is >= 0 and var end)
            {
                tooLong |= !Take(line, rest.Span[..end], maxBytes);
                yield return tooLong ? null : Trim(line.WrittenMemory);
                line.ResetWrittenCount();
                tooLong = false;
                rest = rest[(end + 1)..];
            }

            tooLong |= !Take(line, rest.Span, maxBytes);
        }

        if (tooLong || line.WrittenCount > 0)
        {
            yield return tooLong ? null : Trim(line.WrittenMemory);
        }
    }

    private static bool Take(ArrayBufferWriter<byte> line, ReadOnlySpan<byte> bytes, int maxBytes)
    {
        if (line.WrittenCount + bytes.Length > maxBytes)
        {
            return false;
        }

        line.Write(bytes);
        return true;
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> line) => line.Span is [.., (byte)'\r'] ? line[..^1] : line;
}
