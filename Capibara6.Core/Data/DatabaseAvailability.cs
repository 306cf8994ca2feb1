using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Data;

/// <inheritdoc cref="IDatabaseAvailability"/>
internal sealed class DatabaseAvailability : IDatabaseAvailability
{
    private static readonly Meter s_meter = new("Capibara6.Data");

    private readonly ILogger<DatabaseAvailability> _logger;
    private volatile bool _available = true;
    private volatile string _reason = "";

    public DatabaseAvailability(ILogger<DatabaseAvailability> logger)
    {
        _logger = logger;
        s_meter.CreateObservableGauge(
            "capibara6.database.available", () => _available ? 1 : 0, description: "1 while the main database answers, else 0.");
    }

    public bool IsAvailable => _available;

    /// <summary>Why it can't be used; null while it can.</summary>
    public string? AwayBecause => _available ? null : _reason;

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
        _reason = reason;
        if (_available)
        {
            _available = false;
            DataLog.DatabaseLost(_logger, reason);
        }
    }
}
