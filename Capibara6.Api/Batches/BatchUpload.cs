using System.Reflection;
using System.Security.Cryptography;
using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Api.Limits;
using Capibara6.Core;
using Capibara6.Core.Queries;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace Capibara6.Api.Batches;

/// <summary>
/// A batch as it was sent. A large one waits in a file, not in memory, and is complete before the database hears of it, however slowly it
/// came. What doesn't fit never reaches the handler.
/// </summary>
internal sealed class BatchUpload : IJsonBody, IEndpointParameterMetadataProvider
{
    private const int CopyBytes = 128 * 1024;

    private BatchUpload(Failure? failure) => Failure = failure;

    public Failure? Failure { get; }

    /// <summary>All but the questions.</summary>
    public BatchBody Head { get; private init; } = null!;

    public SpooledItems Items { get; private init; } = null!;

    /// <summary>SHA-256 of the whole.</summary>
    public byte[] Hash { get; private init; } = [];

    public static async ValueTask<BatchUpload?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var maxBytes = context.RequestServices.GetRequiredService<IOptions<RequestLimitOptions>>().Value.BatchBytes;
        if (!BodyReader.IsPlainJson(context.Request))
        {
            return new BatchUpload(Failures.NotJson);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = maxBytes;
        }

        if (context.Request.ContentLength > maxBytes)
        {
            return new BatchUpload(TooLarge(maxBytes));
        }

        var store = StoreFor(context);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            if (!await CopyAsync(context, store, hash, maxBytes))
            {
                return new BatchUpload(TooLarge(maxBytes));
            }
        }
        catch (BadHttpRequestException exception)
        {
            // The server's own limits: too large, too slow, cut off, wrongly chunked.
            return new BatchUpload(FailureStatus.ToFailure(exception.StatusCode));
        }

        return Read(store, hash.GetHashAndReset());
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(BatchBody)));

    private static BatchUpload Read(Stream store, byte[] hash)
    {
        switch (new BatchScan(store).Run())
        {
            case Outcome<BatchScan.Found>.Success { Value: var found }:
                switch (BodyReader.Parse(new(found.Head), ApiJson.Info<BatchBody>()))
                {
                    case Outcome<BatchBody>.Success { Value: var head }:
                        var items = new SpooledItems(store, found.Items, found.Count);
                        return items.FindFailure() is { } wrong ? new BatchUpload(wrong) : new BatchUpload(null) { Head = head, Items = items, Hash = hash };
                    case Outcome<BatchBody>.Failed failed:
                        return new BatchUpload(failed.Failure);
                }

                break;
            case Outcome<BatchScan.Found>.Failed failed:
                return new BatchUpload(failed.Failure);
        }

        return new BatchUpload(Failures.Internal);
    }

    private static Stream StoreFor(HttpContext context) => context.Request.ContentLength <= QueryLimits.MaxRequestBytes
        ? new MemoryStream((int)context.Request.ContentLength.Value)
        : UploadStore.Open(context, "batch");

    /// <summary>False when it is too large.</summary>
    private static async Task<bool> CopyAsync(HttpContext context, Stream store, IncrementalHash hash, long maxBytes)
    {
        var buffer = new byte[CopyBytes];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
        {
            if (store.Length + read > maxBytes)
            {
                return false;
            }

            hash.AppendData(buffer, 0, read);
            await store.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
        }

        await store.FlushAsync(context.RequestAborted);
        return true;
    }

    private static Failure TooLarge(long maxBytes) =>
        Failures.BodyTooLarge with { Message = $"The body is larger than {maxBytes} bytes, the most that a batch may have; send it in parts." };
}
