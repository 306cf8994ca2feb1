using Microsoft.Extensions.Logging;

namespace Capibara6.Core.ModelClients;

/// <summary>Messages of this feature: event ids 1200 to 1299. No prompt, no answer, no key.</summary>
internal static partial class ModelLog
{
    [LoggerMessage(EventId = 1200, Level = LogLevel.Warning, Message = "Attempt {Attempt} at {Model} failed ({Fault}): {Reason}; next in {DelayMs} ms")]
    public static partial void Retrying(ILogger logger, int attempt, string model, ModelFault fault, string reason, double delayMs);

    [LoggerMessage(EventId = 1201, Level = LogLevel.Error, Message = "The circuit of {Model} is open for {Seconds} s")]
    public static partial void CircuitOpened(ILogger logger, string model, double seconds);

    [LoggerMessage(EventId = 1202, Level = LogLevel.Information, Message = "The circuit of {Model} is closed")]
    public static partial void CircuitClosed(ILogger logger, string model);

    [LoggerMessage(EventId = 1203, Level = LogLevel.Warning, Message = "{Model} reported no token counts; they are estimated from the text's length")]
    public static partial void UsageMissing(ILogger logger, string model);

    [LoggerMessage(EventId = 1204, Level = LogLevel.Warning, Message = "{Model} gave no answer ({Fault}): {Reason}")]
    public static partial void NoAnswer(ILogger logger, string model, ModelFault fault, string reason);

    [LoggerMessage(EventId = 1205, Level = LogLevel.Error, Message = "{Deployment} can't be used: {Reason}. {Advice}")]
    public static partial void Misconfigured(ILogger logger, string deployment, string reason, string advice);

    [LoggerMessage(EventId = 1206, Level = LogLevel.Error, Message = "The change of the models' configuration is refused, they stay as they were: {Reason}")]
    public static partial void ReloadRefused(ILogger logger, string reason);

    [LoggerMessage(EventId = 1207, Level = LogLevel.Information, Message = "The models' configuration has changed: {Count} models")]
    public static partial void Reloaded(ILogger logger, int count);

    [LoggerMessage(EventId = 1208, Level = LogLevel.Information, Message = "{Deployment} is there: the endpoint serves {Model}")]
    public static partial void Found(ILogger logger, string deployment, string model);

    [LoggerMessage(EventId = 1209, Level = LogLevel.Warning, Message = "{Deployment} could not be asked for its models: {Reason}")]
    public static partial void NotFound(ILogger logger, string deployment, string reason);

    [LoggerMessage(EventId = 1210, Level = LogLevel.Warning, Message = "{Chosen} gave no answer ({Fault}): asking {Other}")]
    public static partial void FallingBack(ILogger logger, string chosen, string other, ModelFault fault);
}
