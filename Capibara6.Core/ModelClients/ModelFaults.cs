using System.ClientModel;
using System.Globalization;
using System.Text.Json;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Capibara6.Core.ModelClients;

/// <summary>
/// Reads what a failed attempt threw. The messages made here name statuses and kinds only: an endpoint's own error text may
/// repeat the prompt or part of a key.
/// </summary>
internal static class ModelFaults
{
    public static ModelCallException Read(Exception exception, bool answering, TimeProvider time) => exception switch
    {
        ModelCallException known => known,
        TimeoutRejectedException => new(ModelFault.TimedOut, "no answer in time", exception),
        BrokenCircuitException broken => new(ModelFault.CircuitOpen, "the circuit is open", exception) { RetryAfter = broken.RetryAfter },
        ClientResultException { Status: 0 } => Broken(answering, exception),
        ClientResultException answered => ReadStatus(answered, time),
        HttpRequestException or IOException => Broken(answering, exception),
        JsonException => new(ModelFault.Garbage, "the answer is not JSON", exception),

        // The protocol's client throws many kinds on answers that lack what they must have.
        _ => new(ModelFault.Garbage, $"the answer is not in the protocol ({exception.GetType().Name})", exception),
    };

    private static ModelCallException Broken(bool answering, Exception exception) => answering
        ? new(ModelFault.CutShort, "the connection broke during the answer", exception)
        : new(ModelFault.Unreachable, $"the endpoint can't be reached ({exception.GetBaseException().GetType().Name})", exception);

    private static ModelCallException ReadStatus(ClientResultException exception, TimeProvider time)
    {
        var fault = exception.Status switch
        {
            // The protocol's client complains of a success only when its body is not what it must be.
            >= 200 and < 300 => ModelFault.Garbage,
            400 or 413 or 422 => ModelFault.Refused,
            408 or >= 500 => ModelFault.ServerError,
            429 => ModelFault.Overloaded,
            _ => ModelFault.Misconfigured,
        };
        return new(fault, string.Create(CultureInfo.InvariantCulture, $"status {exception.Status}"), exception)
        {
            RetryAfter = ReadRetryAfter(exception, time),
        };
    }

    private static TimeSpan? ReadRetryAfter(ClientResultException exception, TimeProvider time)
    {
        if (exception.GetRawResponse()?.Headers.TryGetValue("Retry-After", out var text) != true || text is null)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < 1e9)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        if (DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
        {
            var wait = moment - time.GetUtcNow();
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }

        return null;
    }
}
