using System.Buffers;
using System.Text;
using System.Text.Json;
using Capibara6.Core.ModelClients;

namespace Capibara6.Core.Gateway;

/// <summary>
/// A caller's own JSON, byte for byte, but for the model's name, the wish for token counts in a stream, the bound that a
/// budget sets, and what the deployment is configured to leave out or to add.
/// </summary>
internal sealed class CallerBody(ReadOnlyMemory<byte> body, RequestFacts facts, GatewayRoute route, int? bound) : IModelBody
{
    public int PromptLength { get; } = body.Length - facts.HeavyBytes;

    public void Write(IBufferWriter<byte> target, UpstreamModel upstream)
    {
        var source = body.Span;
        var fields = facts.Fields;
        target.Write(source[..fields[0].NameStart]);
        var previous = -1;
        for (var index = 0; index < fields.Count; index++)
        {
            var field = fields[index];
            if (Leaves(field.Name, upstream))
            {
                continue;
            }

            if (previous >= 0)
            {
                target.Write(previous == index - 1 ? source[fields[previous].ValueEnd..field.NameStart] : ","u8);
            }

            target.Write(source[field.NameStart..field.ValueStart]);
            WriteValue(target, source, field, upstream);
            previous = index;
        }

        WriteAdditions(target, upstream);
        target.Write(source[fields[^1].ValueEnd..]);
    }

    private bool AddsCounts(UpstreamModel upstream) => facts.Stream && route.CountsOnRequest && !facts.WantsCounts
        && !upstream.Drop.Contains("stream_options", StringComparer.Ordinal);

    private static bool Leaves(string name, UpstreamModel upstream) => upstream.Drop.Count > 0 && upstream.Drop.Contains(name, StringComparer.Ordinal);

    private void WriteValue(IBufferWriter<byte> target, ReadOnlySpan<byte> source, in RequestField field, UpstreamModel upstream)
    {
        var value = source[field.ValueStart..field.ValueEnd];
        if (field.Name == "model")
        {
            WriteText(target, upstream.Name);
        }
        else if (field.Name != "stream_options" || !AddsCounts(upstream))
        {
            target.Write(value);
        }
        else if (value[0] != (byte)'{')
        {
            target.Write("{\"include_usage\":true}"u8);
        }
        else if (field.InnerStart > 0)
        {
            target.Write(source[field.ValueStart..field.InnerStart]);
            target.Write("true"u8);
            target.Write(source[field.InnerEnd..field.ValueEnd]);
        }
        else
        {
            var inner = value[1..];
            target.Write("{\"include_usage\":true"u8);
            target.Write(inner.TrimStart(" \t\r\n"u8)[0] == (byte)'}' ? ""u8 : ","u8);
            target.Write(inner);
        }
    }

    private void WriteAdditions(IBufferWriter<byte> target, UpstreamModel upstream)
    {
        if (AddsCounts(upstream) && !Has("stream_options"))
        {
            target.Write(",\"stream_options\":{\"include_usage\":true}"u8);
        }

        if (bound is { } tokens)
        {
            Span<byte> digits = stackalloc byte[11];
            tokens.TryFormat(digits, out var length);
            WriteName(target, route.TokenBound ?? upstream.TokenBound);
            target.Write(digits[..length]);
        }

        // Nothing is kept here, and nothing is to be kept there on behalf of somebody who can't ask for it again.
        if (route == GatewayRoute.Responses && !Has("store") && !upstream.Drop.Contains("store", StringComparer.Ordinal))
        {
            target.Write(",\"store\":false"u8);
        }

        foreach (var (name, value) in upstream.Defaults)
        {
            if (!Has(name))
            {
                WriteName(target, name);
                target.Write(value);
            }
        }
    }

    private bool Has(string name) => facts.Fields.Exists(field => field.Name == name);

    private static void WriteName(IBufferWriter<byte> target, string name)
    {
        target.Write(","u8);
        WriteText(target, name);
        target.Write(":"u8);
    }

    private static void WriteText(IBufferWriter<byte> target, string text)
    {
        target.Write("\""u8);
        Encoding.UTF8.GetBytes(JsonEncodedText.Encode(text).ToString(), target);
        target.Write("\""u8);
    }
}
