using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Capibara6.Hosting.Orchestration.Proxy;

/// <summary>
/// Sends each request to the replica that is least busy. A request that could not be sent, since its replica is gone,
/// is sent to another one; so is one that may be repeated (GET and its like) and got no answer.
/// </summary>
internal sealed class HttpForwarding : IDisposable
{
    private const int MaxAttempts = 10;

    private static readonly ForwardedRequestTransformer s_transformer = new();

    private readonly EndpointProxySpec _spec;
    private readonly EndpointProxyOptions _options;
    private readonly ProxyTargets _targets;
    private readonly IHttpForwarder _forwarder;
    private readonly ILogger _logger;
    private readonly HttpMessageInvoker _client = NewClient();
    private readonly ForwarderRequestConfig _config;

    public HttpForwarding(
        EndpointProxySpec spec, EndpointProxyOptions options, ProxyTargets targets, IHttpForwarder forwarder, ILogger logger)
    {
        _spec = spec;
        _options = options;
        _targets = targets;
        _forwarder = forwarder;
        _logger = logger;
        _config = new ForwarderRequestConfig
        {
            ActivityTimeout = options.IdleLimit,
            Version = spec.Protocol == ProxyProtocol.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            AllowResponseBuffering = false,
        };
    }

    public async Task ForwardAsync(HttpContext context)
    {
        ProxyTarget? failed = null;
        for (var attempt = 1; ; attempt++)
        {
            using var lease = await PickAsync(context, failed);
            if (context.RequestAborted.IsCancellationRequested)
            {
                return;
            }

            if (lease is null)
            {
                await RefuseAsync(context);
                return;
            }

            var outcome = await _forwarder.SendAsync(
                context, lease.Target.Address, _client, _config, s_transformer, context.RequestAborted);
            if (outcome == ForwarderError.None)
            {
                return;
            }

            if (!MayTryAgain(context, outcome, failed, out var refused) || attempt == MaxAttempts)
            {
                await GiveUpAsync(context, outcome, lease.Target);
                return;
            }

            if (refused)
            {
                EndpointProxyLog.Refused(_logger, lease.Target.Id, _spec.ResourceName);
                _targets.Report(lease.Target, ProxyTargetState.Unreachable);
            }

            failed = lease.Target;
            Reset(context);
        }
    }

    public void Dispose() => _client.Dispose();

    private async ValueTask<ProxyLease?> PickAsync(HttpContext context, ProxyTarget? failed)
    {
        try
        {
            return await _targets.PickAsync(failed, _options.Patience, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client has left while it waited.
            return null;
        }
    }

    private static bool MayTryAgain(HttpContext context, ForwarderError outcome, ProxyTarget? failed, out bool refused)
    {
        var exception = context.Features.Get<IForwarderErrorFeature>()?.Exception as HttpRequestException;

        // These come before a connection stands, so nothing of the request can have been sent.
        refused = exception?.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError;
        if (outcome != ForwarderError.Request || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return false;
        }

        // A request that broke off without an answer is repeated once, and only when doing it twice does no harm.
        return refused || (failed is null && exception is not null && IsRepeatable(context.Request));
    }

    private static bool IsRepeatable(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        && request.ContentLength is null or 0
        && !request.Headers.ContainsKey("Transfer-Encoding")
        && !request.Headers.ContainsKey("Upgrade");

    private static void Reset(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.Headers.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
    }

    private Task RefuseAsync(HttpContext context)
    {
        EndpointProxyLog.NoneReady(_logger, _spec.ResourceName, context.Request.Method, context.Request.Path);
        context.Response.Headers.RetryAfter = "1";
        return ProblemAsync(
            context, StatusCodes.Status503ServiceUnavailable, "replica_unavailable",
            $"No replica of '{_spec.ResourceName}' is ready. Its state and its logs say why.");
    }

    private async Task GiveUpAsync(HttpContext context, ForwarderError outcome, ProxyTarget target)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var exception = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        EndpointProxyLog.Lost(
            _logger, target.Id, _spec.ResourceName, context.Request.Method, context.Request.Path, exception);
        if (!context.Response.HasStarted && outcome is ForwarderError.Request or ForwarderError.RequestBodyDestination)
        {
            await ProblemAsync(
                context, StatusCodes.Status502BadGateway, "replica_lost",
                $"A replica of '{_spec.ResourceName}' ended while it was answering. The request may or may not have taken effect.");
        }
    }

    private static Task ProblemAsync(HttpContext context, int status, string code, string detail)
    {
        var problem = new Microsoft.AspNetCore.Mvc.ProblemDetails
        {
            Status = status,
            Title = status == StatusCodes.Status503ServiceUnavailable ? "Service Unavailable" : "Bad Gateway",
            Detail = detail,
            Extensions = { ["code"] = code },
        };
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            problem, options: null, contentType: "application/problem+json", cancellationToken: context.RequestAborted);
    }

    private static HttpMessageInvoker NewClient() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        // Shorter than Kestrel keeps a silent connection (130 seconds): it must not close one that is about to be used.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        MaxResponseHeadersLength = 128,
        // Header bytes pass unchanged, whatever their encoding.
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
    });
}
