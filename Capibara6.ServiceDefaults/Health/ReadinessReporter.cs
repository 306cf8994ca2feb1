using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Capibara6.ServiceDefaults.Health;

/// <summary>
/// The readiness report, at most <see cref="HealthOptions.ReportLifetime"/> old and made once for all who ask meanwhile.
/// A report made before the shutdown began is not given out after it.
/// </summary>
internal sealed class ReadinessReporter(
    HealthCheckService checks,
    IOptions<HealthOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Snapshot? _last;

    public async Task<HealthReport> GetAsync(CancellationToken cancellationToken)
    {
        if (Current() is { } fresh)
        {
            return fresh;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (Current() is { } madeMeanwhile)
            {
                return madeMeanwhile;
            }

            var stopping = lifetime.ApplicationStopping.IsCancellationRequested;
            var report = await checks.CheckHealthAsync(cancellationToken);
            _last = new Snapshot(report, time.GetTimestamp(), stopping);
            return report;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private HealthReport? Current() =>
        Volatile.Read(ref _last) is { } last
        && last.Stopping == lifetime.ApplicationStopping.IsCancellationRequested
        && time.GetElapsedTime(last.TakenAt) < options.Value.ReportLifetime
            ? last.Report
            : null;

    private sealed record Snapshot(HealthReport Report, long TakenAt, bool Stopping);
}
