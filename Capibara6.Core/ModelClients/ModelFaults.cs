using System.Globalization;
using System.Net;
using System.Text.Json;
using Polly.CircuitBreaker;

namespace Capibara6.Core.ModelClients;

/// <summary>
/// Reads what a failed attempt threw or answered. The messages made here name statuses and the protocol's codes only: an
/// endpoint's own text may repeat the prompt or part of a key, and goes to the caller alone, if at all.
/// </summary>
internal static class ModelFaults
{
    private const int MaxErrorBytes = 64 * 1024;
    private const int MaxCodeLength = 64;

    public static ModelCallException Read(Exception exception, bool answering) => exception switch
    {
        ModelCallException known => known,
        BrokenCircuitException broken => new(ModelFault.CircuitOpen, "the circuit is open", exception) { RetryAfter = broken.RetryAfter },
        HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => Broken(answering: true, exception),
        HttpRequestException { InnerException: HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } } => Broken(answering, exception),
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } =>
            new(ModelFault.Garbage, "the answer is no HTTP", exception),
        HttpRequestException or IOException => Broken(answering, exception),
        JsonException => new(ModelFault.Garbage, "the answer is not JSON", exception),
        InvalidDataException => new(ModelFault.Garbage, "the answer's compression is broken", exception),
        _ => new(ModelFault.Garbage, $"the answer is not in the protocol ({exception.GetType().Name})", exception),
    };

    /// <summary>What an answer that is no success means.</summary>
    public static async ValueTask<ModelCallException> ReadAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var fault = status switch
        {
            401 or 403 => ModelFault.KeyRefused,
            404 => ModelFault.ModelMissing,
            429 => ModelFault.Overloaded,
            408 or >= 500 => ModelFault.ServerError,
            >= 400 => ModelFault.Refused,
            _ => ModelFault.Garbage,
        };
        var error = await ReadErrorAsync(response, cancellationToken);
        var reason = string.Create(CultureInfo.InvariantCulture, $"status {status}{(error?.Code is { } code ? ", " + code : "")}");
        return new(fault, reason) { RetryAfter = ReadRetryAfter(response, time), Upstream = error };
    }

    private static ModelCallException Broken(bool answering, Exception exception) => answering
        ? new(ModelFault.CutShort, "the connection broke during the answer", exception)
        : new(ModelFault.Unreachable, $"the endpoint can't be reached ({exception.GetBaseException().GetType().Name})", exception);

    private static async ValueTask<UpstreamError?> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = WireContent.Open(response);
            var body = new byte[MaxErrorBytes];
            var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
            return Parse((int)response.StatusCode, body.AsMemory(0, length));
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>The protocol's error: an object whose <c>error</c> is an object, or a text as Ollama's.</summary>
    private static UpstreamError? Parse(int status, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("error", out var error))
            {
                return null;
            }

            if (error.ValueKind == JsonValueKind.String)
            {
                return new UpstreamError(status, error.GetString()!, null, null, null);
            }

            return error.ValueKind != JsonValueKind.Object ? null : new UpstreamError(
                status, TextOf(error, "message") ?? "The model's endpoint gave no reason.", TextOf(error, "type"), CodeOf(error), TextOf(error, "param"))
            {
                Body = body.ToArray(),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? TextOf(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // A code is a word; what looks otherwise is not logged.
    private static string? CodeOf(JsonElement error)
    {
        var code = TextOf(error, "code");
        return code is { Length: > 0 and <= MaxCodeLength } && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') ? code : null;
    }

    private static TimeSpan? ReadRetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        if (response.StatusCode is not (HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError)
            || !response.Headers.NonValidated.TryGetValues("Retry-After", out var values))
        {
            return null;
        }

        var text = values.ToString();
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
