using System.Buffers;
using System.Text.Json;
using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Core;
using Capibara6.Core.Queries;

namespace Capibara6.Api.Batches;

/// <summary>
/// Finds the questions of a batch's body, and what is left without them, in one pass and constant memory: whether it is JSON is known then, and
/// whether it is right is found out part by part.
/// </summary>
internal sealed class BatchScan(Stream body)
{
    private const int BufferBytes = 64 * 1024;

    private readonly List<(long Start, int Length)> _items = [];
    private readonly ArrayBufferWriter<byte> _head = new();
    private byte[] _buffer = new byte[BufferBytes];
    private long _offset;
    private long _copied;
    private long _itemStart = -1;
    private int _count;
    private bool _inItems;
    private bool _named;

    /// <param name="Head">The body with an empty list in place of the questions.</param>
    /// <param name="Items">Where questions are, at most as many as a batch may have.</param>
    /// <param name="Count">How many there are.</param>
    internal sealed record Found(byte[] Head, IReadOnlyList<(long Start, int Length)> Items, int Count);

    public Outcome<Found> Run()
    {
        if (body.Length == 0)
        {
            return Failures.BodyMissing;
        }

        try
        {
            return Scan() ?? Finish();
        }
        catch (JsonException exception)
        {
            return BodyExplanation.Invalid(
                EdgeCodes.MalformedJson, null, $"The body is not valid JSON: see line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
        }
    }

    private Failure? Scan()
    {
        body.Position = 0;
        var state = new JsonReaderState(new JsonReaderOptions { MaxDepth = 1_000 });
        var kept = 0;
        while (true)
        {
            var read = body.ReadAtLeast(_buffer.AsSpan(kept), 1, throwOnEndOfStream: false);
            var filled = kept + read;
            var skipped = _offset == 0 && _buffer.AsSpan(0, filled).StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
            _copied = Math.Max(_copied, skipped);
            var reader = new Utf8JsonReader(_buffer.AsSpan(skipped, filled - skipped), isFinalBlock: read == 0, state);
            while (reader.Read())
            {
                if (reader.CurrentDepth >= ApiJson.MaxDepth)
                {
                    return BodyExplanation.Invalid(EdgeCodes.NestedTooDeep, null, $"The body is nested deeper than {ApiJson.MaxDepth} levels.");
                }

                Take(ref reader, _offset + skipped);
            }

            if (read == 0)
            {
                return null;
            }

            var consumed = (int)reader.BytesConsumed + skipped;
            state = reader.CurrentState;
            kept = filled - consumed;
            _offset += consumed;
            if (kept == _buffer.Length)
            {
                // A single text that is longer than the buffer: up to what a question may have.
                if (_buffer.Length > QueryLimits.MaxRequestBytes)
                {
                    return Failures.BodyTooLarge with { Message = "A text in the body is longer than any that could be asked." };
                }

                Array.Resize(ref _buffer, _buffer.Length * 2);
            }
            else
            {
                _buffer.AsSpan(consumed, kept).CopyTo(_buffer);
            }
        }
    }

    private void Take(ref Utf8JsonReader reader, long origin)
    {
        var (start, end) = (origin + reader.TokenStartIndex, origin + reader.BytesConsumed);
        switch (reader.TokenType, reader.CurrentDepth)
        {
            case (JsonTokenType.PropertyName, 1):
                _named = reader.ValueTextEquals("queries"u8);
                break;
            case (JsonTokenType.StartArray, 1) when _named && !_inItems:
                _inItems = true;
                CopyHead(end);
                break;
            case (JsonTokenType.EndArray, 1) when _inItems:
                _inItems = false;
                _named = false;
                _copied = start;
                break;
            case (JsonTokenType.StartObject or JsonTokenType.StartArray, 2) when _inItems:
                _itemStart = start;
                break;
            case (_, 2) when _inItems:
                Add(_itemStart >= 0 ? _itemStart : start, end);
                _itemStart = -1;
                break;
        }
    }

    private void Add(long start, long end)
    {
        _count++;
        if (_items.Count < QueryLimits.MaxBatchSize)
        {
            _items.Add((start, (int)(end - start)));
        }
    }

    private Outcome<Found> Finish()
    {
        CopyHead(body.Length);
        return _head.WrittenCount > QueryLimits.MaxRequestBytes ? Failures.BodyTooLarge : new Found(_head.WrittenSpan.ToArray(), _items, _count);
    }

    private void CopyHead(long end)
    {
        var position = body.Position;
        body.Position = _copied;
        var length = (int)Math.Min(end - _copied, QueryLimits.MaxRequestBytes + 1);
        body.ReadExactly(_head.GetSpan(length)[..length]);
        _head.Advance(length);
        body.Position = position;
        _copied = end;
    }
}
