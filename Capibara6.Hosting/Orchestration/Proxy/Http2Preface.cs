using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Capibara6.Hosting.Orchestration.Proxy;

/// <summary>
/// Tells HTTP/2 without TLS from HTTP/1.1 by its first bytes (RFC 9113, section 3.4), which Kestrel doesn't on one port.
/// </summary>
internal static class Http2Preface
{
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Looks at the first bytes and leaves them to be read again.</summary>
    /// <returns>Null when the connection ended before it was clear.</returns>
    public static async Task<bool?> DetectAsync(ConnectionContext connection)
    {
        var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
            ?? CancellationToken.None;
        var input = connection.Transport.Input;
        while (true)
        {
            ReadResult read;
            try
            {
                read = await input.ReadAsync(closing);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                return null;
            }

            var verdict = Judge(read.Buffer);
            var undecided = verdict is null && !read.IsCompleted;
            input.AdvanceTo(read.Buffer.Start, undecided ? read.Buffer.End : read.Buffer.Start);
            if (!undecided)
            {
                return verdict;
            }
        }
    }

    private static bool? Judge(in ReadOnlySequence<byte> bytes)
    {
        Span<byte> seen = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(bytes.Length, seen.Length);
        bytes.Slice(0, length).CopyTo(seen);
        return Preface.StartsWith(seen[..length])
            ? length == Preface.Length ? true : null
            : false;
    }
}
