using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Usage;

/// <summary>Messages 3200 to 3299.</summary>
internal static partial class BudgetLog
{
    [LoggerMessage(EventId = 3200, Level = LogLevel.Warning, Message = "A reservation can't be settled now; it is tried again: {Reason}")]
    public static partial void SettleLater(ILogger logger, string reason);

    [LoggerMessage(EventId = 3201, Level = LogLevel.Error,
        Message = "Too many reservations wait to be settled; the use of {Tokens} tokens is lost to the budget of account {AccountId}")]
    public static partial void SettleLost(ILogger logger, long tokens, Guid accountId);

    [LoggerMessage(EventId = 3202, Level = LogLevel.Information, Message = "Reservations of dead processes were given back on {Count} budgets")]
    public static partial void Swept(ILogger logger, int count);

    [LoggerMessage(EventId = 3203, Level = LogLevel.Warning, Message = "Budget upkeep failed; it runs again soon: {Reason}")]
    public static partial void UpkeepFailed(ILogger logger, string reason);
}
