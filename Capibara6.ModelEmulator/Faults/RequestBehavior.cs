using System.Globalization;
using Capibara6.ModelEmulator.Errors;

namespace Capibara6.ModelEmulator.Faults;

/// <summary>How one request is to be answered: what its headers say, else the settings and the plan.</summary>
/// <remarks>
/// <c>X-Emulator-Fault</c>: <c>status=429</c>, <c>delay=500</c> (ms), <c>hang</c>, <c>cut_stream=5</c> (tokens), <c>garbage</c>,
/// <c>empty_answer</c> or <c>none</c>; <c>X-Emulator-Retry-After</c>: seconds; <c>X-Emulator-First-Token-Ms</c>;
/// <c>X-Emulator-Tokens-Per-Second</c>. A value that can't be read is a 400, never ignored.
/// </remarks>
internal sealed record RequestBehavior(Fault? Fault, TimeSpan FirstTokenLatency, double TokensPerSecond)
{
    public const string FaultHeader = "X-Emulator-Fault";
    public const string RetryAfterHeader = "X-Emulator-Retry-After";
    public const string FirstTokenHeader = "X-Emulator-First-Token-Ms";
    public const string SpeedHeader = "X-Emulator-Tokens-Per-Second";

    public static RequestBehavior Of(IHeaderDictionary headers, string model, ModelEmulatorOptions options, FaultPlan plan)
    {
        var fault = headers.TryGetValue(FaultHeader, out var named) ? ParseFault(named.ToString(), headers) : plan.Strike(model);
        var latency = Number(headers, FirstTokenHeader, 600_000) is { } milliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : options.FirstTokenLatency;
        if (fault is { Kind: FaultKind.Delay })
        {
            latency += TimeSpan.FromMilliseconds(fault.DelayMs);
        }

        return new RequestBehavior(fault, latency, Number(headers, SpeedHeader, 1_000_000) ?? options.TokensPerSecond);
    }

    /// <summary>When the token of that place is due, counted from the request.</summary>
    public TimeSpan DueAt(int token) =>
        TokensPerSecond > 0 ? FirstTokenLatency + TimeSpan.FromSeconds(token / TokensPerSecond) : FirstTokenLatency;

    private static Fault? ParseFault(string text, IHeaderDictionary headers)
    {
        var (kind, value) = text.Split('=', 2) is [var name, var number] ? (name, (int?)Integer(number, text)) : (text, null);
        var fault = kind switch
        {
            "none" => null,
            "status" => new Fault
            {
                Kind = FaultKind.Status,
                Status = value ?? 503,
                RetryAfterSeconds = (int?)Number(headers, RetryAfterHeader, 3600),
            },
            "delay" => new Fault { Kind = FaultKind.Delay, DelayMs = value ?? 1000 },
            "hang" => new Fault { Kind = FaultKind.Hang },
            "cut_stream" => new Fault { Kind = FaultKind.CutStream, AfterTokens = value ?? 3 },
            "garbage" => new Fault { Kind = FaultKind.Garbage },
            "empty_answer" => new Fault { Kind = FaultKind.EmptyAnswer },
            _ => throw Unreadable(FaultHeader, text),
        };
        if (fault is not null)
        {
            try
            {
                FaultPlan.Check(fault);
            }
            catch (ArgumentException error)
            {
                throw ProtocolException.Invalid($"{FaultHeader}: {error.Message}");
            }
        }

        return fault;
    }

    private static int Integer(string number, string whole) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw Unreadable(FaultHeader, whole);

    private static double? Number(IHeaderDictionary headers, string header, double max)
    {
        if (!headers.TryGetValue(header, out var text))
        {
            return null;
        }

        return double.TryParse(text.ToString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value <= max
            ? value
            : throw Unreadable(header, text.ToString());
    }

    private static ProtocolException Unreadable(string header, string value) =>
        ProtocolException.Invalid($"The header {header} can't be '{value}'.");
}
