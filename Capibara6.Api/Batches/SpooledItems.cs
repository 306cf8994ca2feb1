using System.Buffers;
using System.Collections;
using System.Text.Json;
using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Core;
using Capibara6.Core.Jobs;
using Capibara6.Core.Queries;

namespace Capibara6.Api.Batches;

/// <summary>A batch's questions where they were put down: each is read when it is asked for, so only one is in memory.</summary>
internal sealed class SpooledItems(Stream store, IReadOnlyList<(long Start, int Length)> places, int count) : IReadOnlyList<BatchItem>
{
    /// <summary>Also those beyond the most that a batch may have, which have no place.</summary>
    public int Count => count;

    public BatchItem this[int index] =>
        JsonSerializer.Deserialize(Read(index), ApiJson.Info<StringOr<BatchItemBody>>()).ToItem();

    /// <summary>What is wrong with the first question that can't be read; null when all can.</summary>
    public Failure? FindFailure()
    {
        for (var index = 0; index < places.Count; index++)
        {
            if (places[index].Length > QueryLimits.MaxRequestBytes)
            {
                return Failures.BodyTooLarge with { Message = $"Query {index} is larger than {QueryLimits.MaxRequestBytes} bytes.", Field = $"queries[{index}]" };
            }

            try
            {
                _ = this[index];
            }
            catch (JsonException)
            {
                return Explain(index);
            }
        }

        return null;
    }

    public IEnumerator<BatchItem> GetEnumerator()
    {
        for (var index = 0; index < places.Count; index++)
        {
            yield return this[index];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private byte[] Read(int index)
    {
        var bytes = new byte[places[index].Length];
        store.Position = places[index].Start;
        store.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>As if it were the only question of a body, under its own number.</summary>
    private Failure Explain(int index)
    {
        byte[] body = [.. """{"queries":["""u8, .. Read(index), .. "]}"u8];
        var failure = BodyExplanation.Explain(new ReadOnlySequence<byte>(body), ApiJson.Info<BatchBody>());
        return failure with
        {
            Field = failure.Field?.Replace("queries[0]", $"queries[{index}]", StringComparison.Ordinal),
            Message = failure.Message.Replace("queries[0]", $"queries[{index}]", StringComparison.Ordinal),
        };
    }
}
