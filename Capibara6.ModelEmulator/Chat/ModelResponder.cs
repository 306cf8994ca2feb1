using System.Globalization;
using System.Text.Json;
using Capibara6.ModelEmulator.Answers;
using Capibara6.ModelEmulator.Errors;
using Capibara6.ModelEmulator.Faults;
using Capibara6.ModelEmulator.ModelCatalog;
using Microsoft.Extensions.Options;

namespace Capibara6.ModelEmulator.Chat;

/// <summary>One answer, in the order: read, strike with a fault, wait, answer.</summary>
internal sealed class ModelResponder(
    IOptions<ModelEmulatorOptions> options,
    EmulatedModels models,
    FaultPlan plan,
    EmulatorStatistics statistics,
    TimeProvider time)
{
    internal const string Fingerprint = "fp_emulator";

    public async Task AnswerAsync(HttpContext context, ModelProtocol protocol)
    {
        var cancellationToken = context.RequestAborted;
        var started = time.GetTimestamp();
        var request = await ReadAsync(context.Request, protocol, cancellationToken);
        var model = models.Get(request.Model);
        statistics.Count(model.Id);
        var behavior = RequestBehavior.Of(context.Request.Headers, model.Id, options.Value, plan);
        var answer = Answer.To(request, model, empty: behavior.Fault?.Kind == FaultKind.EmptyAnswer);
        var exchange = new Exchange(
            Guid.CreateVersion7(time.GetUtcNow()).ToString("N"), time.GetUtcNow().ToUnixTimeSeconds(), request, answer, behavior, started);
        try
        {
            await RespondAsync(context, protocol, exchange, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The client has gone; there is nobody to tell.
        }
    }

    /// <summary>The body as a JSON object.</summary>
    public static async Task<JsonDocument> ReadJsonAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var body = await JsonDocument.ParseAsync(request.Body, default, cancellationToken);
            return body.RootElement.ValueKind == JsonValueKind.Object ? body : throw ProtocolException.Invalid("The body must be a JSON object.");
        }
        catch (JsonException error)
        {
            throw ProtocolException.Invalid(
                $"We could not parse the JSON body of your request (line {error.LineNumber + 1}, byte {error.BytePositionInLine}).");
        }
    }

    /// <summary>Reads a body in which half of a surrogate pair, valid JSON though it is, is the sender's mistake.</summary>
    public static T ReadUnicode<T>(JsonElement body, Func<JsonElement, T> read)
    {
        try
        {
            return read(body);
        }
        catch (InvalidOperationException)
        {
            throw ProtocolException.Invalid("The JSON body of your request holds text that is not valid Unicode.");
        }
    }

    private static async Task<ChatRequest> ReadAsync(HttpRequest request, ModelProtocol protocol, CancellationToken cancellationToken)
    {
        using var body = await ReadJsonAsync(request, cancellationToken);
        return ReadUnicode(body.RootElement, protocol.Read);
    }

    private async Task RespondAsync(HttpContext context, ModelProtocol protocol, Exchange exchange, CancellationToken cancellationToken)
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
                await BrokenAnswers.WriteHalfAsync(context, protocol.Write(exchange), cancellationToken);
                break;
            default:
                await (exchange.Request.Stream
                    ? protocol.StreamAsync(new EventSender(context), exchange, time, cancellationToken)
                    : WriteWholeAsync(context, protocol, exchange, cancellationToken));
                break;
        }
    }

    private async Task WriteWholeAsync(HttpContext context, ModelProtocol protocol, Exchange exchange, CancellationToken cancellationToken)
    {
        await exchange.WaitForTokenAsync(exchange.Answer.Tokens.Count, time, cancellationToken);
        await EmulatorJson.WriteAsync(context, StatusCodes.Status200OK, protocol.Write(exchange));
    }
}
