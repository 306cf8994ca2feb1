using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Capibara6.Hosting.Orchestration.Proxy;

/// <summary>
/// Passes a request on as it came: same target to the letter, same headers, same Host. Only X-Forwarded-For, -Proto
/// and -Host are added, so that the service can know its client and its public address. A client's own X-Forwarded-For
/// stays in front of ours: the last entry is the true one.
/// </summary>
internal sealed class ForwardedRequestTransformer : HttpTransformer
{
    private static readonly UriCreationOptions s_asIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);

        var request = httpContext.Request;
        var target = httpContext.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (target is ['/', ..] && Uri.TryCreate(destinationPrefix.TrimEnd('/') + target, s_asIs, out var uri))
        {
            proxyRequest.RequestUri = uri;
        }

        // A pooled or sniffed address of the form ::ffff:127.0.0.1 is the plain one to every reader.
        var client = httpContext.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped
            ? mapped.MapToIPv4()
            : httpContext.Connection.RemoteIpAddress;
        var headers = proxyRequest.Headers;
        if (client is not null)
        {
            headers.TryAddWithoutValidation("X-Forwarded-For", client.ToString());
        }

        // The service believes this one, so a client's own goes.
        headers.Remove("X-Forwarded-Proto");
        AddIfMissing("X-Forwarded-Proto", request.Scheme);
        AddIfMissing("X-Forwarded-Host", request.Host.Value);

        void AddIfMissing(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value) && !headers.Contains(name))
            {
                headers.TryAddWithoutValidation(name, value);
            }
        }
    }
}
