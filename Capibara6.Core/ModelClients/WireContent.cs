using System.IO.Compression;

namespace Capibara6.Core.ModelClients;

/// <summary>The body of an endpoint's answer.</summary>
internal static class WireContent
{
    /// <summary>The body as it was before it was compressed. Nothing asks for compression; some proxies do it all the same.</summary>
    /// <exception cref="ModelCallException">It is encoded in a way that nobody knows.</exception>
    public static Stream Open(HttpResponseMessage response)
    {
        var body = response.Content.ReadAsStream();
        if (!response.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var encodings))
        {
            return body;
        }

        return encodings.ToString().Trim().ToLowerInvariant() switch
        {
            "" or "identity" => body,
            "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress),
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "deflate" => new ZLibStream(body, CompressionMode.Decompress),
            _ => throw new ModelCallException(ModelFault.Garbage, "the answer is encoded in a way that is not known"),
        };
    }

    /// <summary>The whole body.</summary>
    /// <exception cref="ModelCallException">It is longer than the bound.</exception>
    public static async ValueTask<PooledBytes> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        var stream = Open(response);
        await using (stream)
        {
            var length = response.Content.Headers.ContentLength ?? 0;
            var bytes = new PooledBytes((int)Math.Clamp(length + 1, 1024, Math.Min(maxBytes, 1024 * 1024)));
            try
            {
                while (true)
                {
                    var read = await stream.ReadAsync(bytes.GetMemory(bytes.Length < length ? 1 : 512)[..], cancellationToken);
                    if (read == 0)
                    {
                        return bytes;
                    }

                    bytes.Advance(read);
                    if (bytes.Length > maxBytes)
                    {
                        throw new ModelCallException(ModelFault.Garbage, "the answer is longer than Models:MaxAnswerBytes allows");
                    }
                }
            }
            catch
            {
                bytes.Dispose();
                throw;
            }
        }
    }
}
