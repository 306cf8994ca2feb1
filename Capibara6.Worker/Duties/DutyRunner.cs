using System.Data.Common;
using System.Diagnostics.Metrics;
using System.Net.Sockets;
using Capibara6.Core.Data;
using Capibara6.Worker.Migrations;

namespace Capibara6.Worker.Duties;

/// <summary>Does the scheduled duties, on one worker at a time.</summary>
internal sealed class DutyRunner(
    IEnumerable<Duty> duties, IDutyLock dutyLock, MigrationService migrations, TimeProvider time, ILogger<DutyRunner> logger) : BackgroundService
{
    private const string LockName = "lock";

    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);
    private static readonly Meter s_meter = new("Capibara6.Worker.Duties");

    private static readonly Counter<long> s_failures = s_meter.CreateCounter<long>(
        "capibara6.duty.failures", unit: "{run}", description: "Runs of scheduled duties that failed, by duty.");

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>(
        "capibara6.duty.duration", unit: "s", description: "Runs of scheduled duties, by duty.");

    private readonly Duty[] _duties = [.. duties];
    private readonly Dictionary<string, long> _ran = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // There at 0 before the first failure: a rate over a series that begins at 1 is 0.
        foreach (var name in _duties.Select(duty => duty.Name).Append(LockName))
        {
            s_failures.Add(0, new KeyValuePair<string, object?>("duty", name));
        }

        try
        {
            await migrations.Done.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(s_tick, time);
            do
            {
                await GuardAsync(LockName, LookAsync, stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // Asked to stop, or the schema can't be had.
        }
        finally
        {
            await dutyLock.DisposeAsync();
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (!await dutyLock.HoldAsync(cancellationToken))
        {
            return;
        }

        foreach (var duty in _duties)
        {
            if (!_ran.TryGetValue(duty.Name, out var last) || time.GetElapsedTime(last) >= duty.Period)
            {
                var started = time.GetTimestamp();
                await GuardAsync(duty.Name, duty.RunAsync, cancellationToken);
                _ran[duty.Name] = time.GetTimestamp();
                s_duration.Record(time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("duty", duty.Name));
            }
        }
    }

    private async Task GuardAsync(string name, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken);
        }
        catch (Exception exception) when (exception is DbException or TimeoutException or SocketException or IOException)
        {
            s_failures.Add(1, new KeyValuePair<string, object?>("duty", name));
            DutyLog.Failed(logger, name, exception.GetBaseException().Message);
        }
    }
}
