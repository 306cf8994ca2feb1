using Capibara6.Api.Errors;
using Capibara6.Api.Limits;
using Capibara6.Api.Messages;
using Capibara6.Core;
using Capibara6.Core.Gateway;
using Capibara6.Core.Identity;
using Microsoft.Extensions.Options;

namespace Capibara6.Api.ChatCompletions;

/// <summary>A call of OpenAI's protocol: its bytes to the gateway, and the gateway's bytes to the caller.</summary>
internal sealed class PassThrough(IGateway gateway, IOptions<RequestLimitOptions> limits, TimeProvider time)
{
    public const string CacheHeader = "x-capibara6-cache";

    /// <summary>Passes the body on as it is.</summary>
    public Task<IResult> AnswerAsync(HttpContext context, GatewayRoute route, Caller caller) => AnswerAsync(
        context, route, caller, static body => new Outcome<ReadOnlyMemory<byte>>.Success(body),
        static (reply, body) => reply.IsStream ? new PassedStream(reply, body) : new PassedAnswer(reply, body));

    /// <summary>Passes a request of Anthropic's protocol on in OpenAI's words, and the answer back in Anthropic's.</summary>
    public Task<IResult> TranslateAsync(HttpContext context, Caller caller) => AnswerAsync(
        context, GatewayRoute.ChatCompletions, caller, MessagesRequest.ToChat,
        static (reply, body) => reply.IsStream ? new MessagesStream(reply, body) : new MessagesAnswer(reply, body));

    public static CacheUse? ReadCacheUse(HttpRequest request) =>
        !request.Headers.TryGetValue(CacheHeader, out var values) ? CacheUse.Default : values.ToString() switch
        {
            "use" => CacheUse.Use,
            "refresh" => CacheUse.Refresh,
            "off" => CacheUse.Off,
            _ => null,
        };

    private async Task<IResult> AnswerAsync(
        HttpContext context, GatewayRoute route, Caller caller, Func<ReadOnlyMemory<byte>, Outcome<ReadOnlyMemory<byte>>> translate,
        Func<GatewayReply, PassedBody, IResult> give)
    {
        var started = time.GetTimestamp();
        if (ReadCacheUse(context.Request) is not { } cache)
        {
            return new FailureResult(Failures.InvalidParameter(CacheHeader, "use, refresh or off"));
        }

        var read = await PassedBody.ReadAsync(context, limits.Value.OpenAIBodyBytes);
        if (read is not Outcome<PassedBody>.Success { Value: var body })
        {
            return new FailureResult(((Outcome<PassedBody>.Failed)read).Failure);
        }

        var translated = translate(body.Bytes);
        if (translated is not Outcome<ReadOnlyMemory<byte>>.Success { Value: var bytes })
        {
            body.Dispose();
            return new FailureResult(((Outcome<ReadOnlyMemory<byte>>.Failed)translated).Failure);
        }

        var outcome = await gateway.AnswerAsync(new GatewayCall(route, bytes, caller) { Cache = cache }, context.RequestAborted);
        if (outcome is Outcome<GatewayReply>.Success { Value: var reply })
        {
            ReplyHeaders.Write(context, reply, time.GetElapsedTime(started));
            return give(reply, body);
        }

        body.Dispose();
        return new FailureResult(((Outcome<GatewayReply>.Failed)outcome).Failure);
    }
}
