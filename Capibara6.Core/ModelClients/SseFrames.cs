using System.Buffers;

namespace Capibara6.Core.ModelClients;

/// <summary>
/// Cuts a stream of server-sent events (WHATWG HTML §9.2.5) into its frames, byte for byte: each frame with the blank line
/// that ends it, whatever the line ends (LF, CR LF, CR) and wherever the network cuts.
/// </summary>
internal sealed class SseFrames(Stream source) : IDisposable
{
    /// <summary>Longest frame; a piece of an answer is far below it.</summary>
    public const int MaxFrameBytes = 16 * 1024 * 1024;

    private const int InitialBytes = 8 * 1024;
    private const byte LineFeed = (byte)'\n';
    private const byte Return = (byte)'\r';

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _start;
    private int _scanned;
    private int _end;
    private bool _lineHasText;
    private bool _ended;

    /// <summary>The frame, its end included. Valid until the next read.</summary>
    public ReadOnlyMemory<byte> Frame { get; private set; }

    /// <summary>What the frame's data lines say, joined by line feeds; empty for a comment. Valid until the next read.</summary>
    public ReadOnlyMemory<byte> Data { get; private set; }

    /// <summary>Goes on to the next frame if it is there already.</summary>
    public bool TryRead()
    {
        while (true)
        {
            var rest = _buffer.AsSpan(_scanned, _end - _scanned);
            var at = rest.IndexOfAny(Return, LineFeed);
            if (at < 0)
            {
                _lineHasText |= rest.Length > 0;
                _scanned = _end;
                return false;
            }

            _lineHasText |= at > 0;
            var lineEnd = _scanned + at;
            if (LengthOfEnd(lineEnd) is not { } length)
            {
                _scanned = lineEnd;
                return false;
            }

            _scanned = lineEnd + length;
            if (_lineHasText)
            {
                _lineHasText = false;
                continue;
            }

            Frame = _buffer.AsMemory(_start, _scanned - _start);
            Data = DataOf(Frame);
            _start = _scanned;
            return true;
        }
    }

    /// <summary>Goes on to the next frame; false at the end. What follows the last blank line is no frame, as the standard has it.</summary>
    /// <exception cref="ModelCallException">A frame is too long.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (!TryRead())
        {
            if (_ended)
            {
                return false;
            }

            MakeRoom();
            var read = await source.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            _ended = read == 0;
            _end += read;
        }

        return true;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _buffer, []));
        (Frame, Data) = (default, default);
        (_start, _scanned, _end, _ended) = (0, 0, 0, true);
        source.Dispose();
    }

    // A CR that stands last may be half of CR LF: null until the next byte tells.
    private int? LengthOfEnd(int at)
    {
        if (_buffer[at] == LineFeed)
        {
            return 1;
        }

        if (at + 1 < _end)
        {
            return _buffer[at + 1] == LineFeed ? 2 : 1;
        }

        return _ended ? 1 : null;
    }

    private void MakeRoom()
    {
        var held = _end - _start;
        if (held > MaxFrameBytes)
        {
            throw new ModelCallException(ModelFault.Garbage, "a frame of the answer does not end");
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, held).CopyTo(_buffer);
            (_scanned, _start, _end) = (_scanned - _start, 0, held);
        }

        if (_end == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }

    private static ReadOnlyMemory<byte> DataOf(ReadOnlyMemory<byte> frame)
    {
        ReadOnlyMemory<byte> data = default;
        var lines = 0;
        var at = 0;
        while (at < frame.Length)
        {
            var rest = frame.Span[at..];
            var length = rest.IndexOfAny(Return, LineFeed);
            length = length < 0 ? rest.Length : length;
            if (rest.StartsWith("data:"u8))
            {
                var skip = rest.Length > 5 && rest[5] == (byte)' ' ? 6 : 5;
                var line = frame.Slice(at + skip, Math.Max(0, length - skip));
                data = ++lines == 1 ? line : Join(data, line);
            }

            at += length + 1;
        }

        return data;
    }

    private static ReadOnlyMemory<byte> Join(ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> line)
    {
        var joined = new byte[data.Length + 1 + line.Length];
        data.Span.CopyTo(joined);
        joined[data.Length] = LineFeed;
        line.Span.CopyTo(joined.AsSpan(data.Length + 1));
        return joined;
    }
}
