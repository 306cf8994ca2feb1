using System.Text;
using Capibara6.Core.ModelClients;

namespace Capibara6.Tests.Core.ModelClients;

[TestClass]
public sealed class SseFramesTests
{
    private const string Stream =
        ": a comment\n\ndata: {\"a\":1}\n\ndata: {\"b\":\"x\r\n\r\ndata:{\"c\":\"ümläut\"}\r\n\r\nevent: e\ndata: one\ndata: two\n\nid: 7\rdata: cr\r\rdata: [DONE]\n\n";

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Frames_CutAtEveryByte_AreTheSameBytes()
    {
        var bytes = Encoding.UTF8.GetBytes(Stream);
        var expected = await ReadAsync([bytes]);
        CollectionAssert.AreEqual(
            new[] { "", "{\"a\":1}", "{\"b\":\"x", "{\"c\":\"ümläut\"}", "one\ntwo", "cr", "[DONE]" },
            expected.Select(frame => frame.Data).ToArray());
        Assert.AreEqual(Stream, string.Concat(expected.Select(frame => frame.Frame)));
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            CollectionAssert.AreEqual(expected, await ReadAsync([bytes[..cut], bytes[cut..]]), $"cut at {cut}");
        }

        CollectionAssert.AreEqual(expected, await ReadAsync([.. bytes.Select(value => new[] { value })]), "byte by byte");
    }

    [TestMethod]
    public async Task Frames_OfAnyLineEndsAndCuts_JoinToTheStream()
    {
        var random = new Random(6);
        string[] ends = ["\n", "\r\n", "\r"];
        for (var round = 0; round < 300; round++)
        {
            var text = new StringBuilder();
            var count = random.Next(1, 8);
            for (var frame = 0; frame < count; frame++)
            {
                var end = ends[random.Next(ends.Length)];
                text.Append("data: ").Append(random.Next()).Append(end).Append(end);
            }

            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            List<byte[]> pieces = [];
            for (var at = 0; at < bytes.Length;)
            {
                var length = Math.Min(random.Next(1, 9), bytes.Length - at);
                pieces.Add(bytes[at..(at + length)]);
                at += length;
            }

            var frames = await ReadAsync(pieces);
            Assert.HasCount(count, frames, text.ToString());
            Assert.AreEqual(text.ToString(), string.Concat(frames.Select(frame => frame.Frame)));
        }
    }

    [TestMethod]
    public async Task Frame_LongerThanTheBuffer_IsWhole()
    {
        var text = $"data: {new string('x', 300_000)}\n\n";
        var frame = (await ReadAsync([Encoding.UTF8.GetBytes(text)])).Single();
        Assert.AreEqual(text, frame.Frame);
    }

    [TestMethod]
    public async Task Frame_WithoutItsEnd_IsNone() => Assert.IsEmpty(await ReadAsync([Encoding.UTF8.GetBytes("data: half\n")]));

    private async Task<List<(string Frame, string Data)>> ReadAsync(IReadOnlyList<byte[]> pieces)
    {
        using var frames = new SseFrames(new Pieces(pieces));
        List<(string, string)> read = [];
        while (await frames.ReadAsync(Token))
        {
            read.Add((Encoding.UTF8.GetString(frames.Frame.Span), Encoding.UTF8.GetString(frames.Data.Span)));
        }

        return read;
    }

    /// <summary>Gives its pieces one at a read, as a network does.</summary>
    private sealed class Pieces(IReadOnlyList<byte[]> pieces) : MemoryStream
    {
        private int _next;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_next == pieces.Count)
            {
                return ValueTask.FromResult(0);
            }

            var piece = pieces[_next++];
            if (piece.Length > buffer.Length)
            {
                piece.AsSpan(0, buffer.Length).CopyTo(buffer.Span);
                pieces = [.. pieces.Take(_next), piece[buffer.Length..], .. pieces.Skip(_next)];
                return ValueTask.FromResult(buffer.Length);
            }

            piece.CopyTo(buffer);
            return ValueTask.FromResult(piece.Length);
        }
    }
}
