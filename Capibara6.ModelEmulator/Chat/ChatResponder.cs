using System.Globalization;
using Capibara6.ModelEmulator.Answers;
using Capibara6.ModelEmulator.Errors;
using Capibara6.ModelEmulator.Faults;
using Capibara6.ModelEmulator.ModelCatalog;
using Microsoft.Extensions.Options;

namespace Capibara6.ModelEmulator.Chat;

/// <summary>One chat completion, in the order: read, strike with a fault, wait, answer.</summary>
internal sealed class ChatResponder(
    IOptions<ModelEmulatorOptions> options,
    EmulatedModels models,
    FaultPlan plan,
    EmulatorStatistics statistics,
    TimeProvider time)
{
    internal const string Fingerprint = "fp_emulator";

    public async Task AnswerAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var started = time.GetTimestamp();
        var request = await ChatRequestReader.ReadAsync(context.Request, cancellationToken);
        var model = models.Get(request.Model);
        statistics.Count(model.Id);
        var behavior = RequestBehavior.Of(context.Request.Headers, model.Id, options.Value, plan);
        var answer = Answer.To(request, model, empty: behavior.Fault?.Kind == FaultKind.EmptyAnswer);
        var exchange = new Exchange(
            $"chatcmpl-{Guid.CreateVersion7(time.GetUtcNow()):N}", time.GetUtcNow().ToUnixTimeSeconds(), request, answer, behavior, started);
        try
        {
            await RespondAsync(context, exchange, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The client has gone; there is nobody to tell.
        }
    }

    private async Task RespondAsync(HttpContext context, Exchange exchange, CancellationToken cancellationToken)
    {
        switch (exchange.Behavior.Fault)
        {
            case { Kind: FaultKind.Status } fault:
                if (fault.RetryAfterSeconds is { } seconds)
                {
                    context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                }

                throw ProtocolException.OfStatus(fault.Status);
            case { Kind: FaultKind.Hang }:
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
                break;
            case { Kind: FaultKind.Garbage }:
                await BrokenAnswers.WriteGarbageAsync(context, exchange, cancellationToken);
                break;
            case { Kind: FaultKind.CutStream } when !exchange.Request.Stream:
                await BrokenAnswers.WriteHalfAsync(context, exchange, cancellationToken);
                break;
            default:
                await (exchange.Request.Stream
                    ? new ChatStream(context, exchange, time).WriteAsync(cancellationToken)
                    : WriteWholeAsync(context, exchange, cancellationToken));
                break;
        }
    }

    private async Task WriteWholeAsync(HttpContext context, Exchange exchange, CancellationToken cancellationToken)
    {
        await exchange.WaitForTokenAsync(exchange.Answer.Tokens.Count, time, cancellationToken);
        await EmulatorJson.WriteAsync(context, StatusCodes.Status200OK, exchange.ToCompletion(), EmulatorJsonContext.Default.ChatCompletion);
    }
}
