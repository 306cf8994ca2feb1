using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Data;

/// <inheritdoc cref="IDatabaseAvailability"/>
internal sealed class DatabaseAvailability : IDatabaseAvailability
{
    private static readonly Meter s_meter = new("Capibara6.Data");

    private readonly ILogger<DatabaseAvailability> _logger;
    private volatile bool _available = true;

    public DatabaseAvailability(ILogger<DatabaseAvailability> logger)
    {
        _logger = logger;
        s_meter.CreateObservableGauge(
            "capibara6.database.available", () => _available ? 1 : 0, description: "1 while the main database answers, else 0.");
    }

    public bool IsAvailable => _available;

    /// <summary>What every use case that needs the database says while it is away.</summary>
    public static Failure Failure { get; } = new(
        FailureCodes.DatabaseUnavailable, FailureKind.Unavailable, "The database is away for the moment; please try again shortly.")
    {
        RetryAfter = TimeSpan.FromSeconds(5),
    };

    public void ReportAnswer()
    {
        if (!_available)
        {
            _available = true;
            DataLog.DatabaseFound(_logger);
        }
    }

    public void ReportAway(string reason)
    {
        if (_available)
        {
            _available = false;
            DataLog.DatabaseLost(_logger, reason);
        }
    }
}
