using Capibara6.Api.Errors;
using Capibara6.Api.Limits;
using Capibara6.Core;
using Capibara6.Core.Gateway;
using Capibara6.Core.Identity;
using Microsoft.Extensions.Options;

namespace Capibara6.Api.ChatCompletions;

/// <summary>A call of OpenAI's protocol: its bytes to the gateway, and the gateway's bytes to the caller.</summary>
internal sealed class PassThrough(IGateway gateway, IOptions<RequestLimitOptions> limits, TimeProvider time)
{
    public const string CacheHeader = "x-capibara6-cache";

    public async Task<IResult> AnswerAsync(HttpContext context, GatewayRoute route, Caller caller)
    {
        var started = time.GetTimestamp();
        if (ReadCacheUse(context.Request) is not { } cache)
        {
            return new FailureResult(Failures.InvalidParameter(CacheHeader, "use, refresh or off"));
        }

        switch (await PassedBody.ReadAsync(context, limits.Value.OpenAIBodyBytes))
        {
            case Outcome<PassedBody>.Success { Value: var body }:
                return await AnswerAsync(context, new GatewayCall(route, body.Bytes, caller) { Cache = cache }, body, started);
            case Outcome<PassedBody>.Failed failed:
                return new FailureResult(failed.Failure);
            default:
                return new FailureResult(Failures.Internal);
        }
    }

    public static CacheUse? ReadCacheUse(HttpRequest request) =>
        !request.Headers.TryGetValue(CacheHeader, out var values) ? CacheUse.Default : values.ToString() switch
        {
            "use" => CacheUse.Use,
            "refresh" => CacheUse.Refresh,
            "off" => CacheUse.Off,
            _ => null,
        };

    private async Task<IResult> AnswerAsync(HttpContext context, GatewayCall call, PassedBody body, long started)
    {
        var outcome = await gateway.AnswerAsync(call, context.RequestAborted);
        if (outcome is Outcome<GatewayReply>.Success { Value: var reply })
        {
            ReplyHeaders.Write(context, reply, time.GetElapsedTime(started));
            return reply.IsStream ? new PassedStream(reply, body) : new PassedAnswer(reply, body);
        }

        body.Dispose();
        return new FailureResult(((Outcome<GatewayReply>.Failed)outcome).Failure);
    }
}
