using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>
/// Runs the health checks of resources that run, and of what they live in; puts the reports into the snapshots, and raises the
/// event that a resource is ready when it is healthy for the first time.
/// </summary>
internal sealed class ResourceHealthCheckService(
    ResourceNotificationService notifications, HealthCheckService healthChecks, IDistributedApplicationEventing eventing,
    IServiceProvider services, TimeProvider time, ILogger<ResourceHealthCheckService> logger) : BackgroundService
{
    /// <summary>Between two looks at a healthy resource.</summary>
    internal static readonly TimeSpan HealthyInterval = TimeSpan.FromSeconds(30);

    /// <summary>Between two looks at an unhealthy one, times the failures in a row up to five.</summary>
    internal static readonly TimeSpan UnhealthyStep = TimeSpan.FromSeconds(1);

    /// <summary>The same before it was ever healthy, up to a second: others wait for it to start.</summary>
    internal static readonly TimeSpan StartingStep = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<IResource, Monitor> _monitors = [];
    private readonly ConcurrentDictionary<IResource, bool> _ready = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(stoppingToken).ConfigureAwait(false))
            {
                Look(change, stoppingToken);
            }
        }
        finally
        {
            await Task.WhenAll(_monitors.Values.Select(monitor => monitor.Work ?? Task.CompletedTask)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var monitor in _monitors.Values)
            {
                monitor.Dispose();
            }
        }
    }

    private void Look(ResourceEvent change, CancellationToken stoppingToken)
    {
        var state = change.Snapshot.State?.Text;
        if (state == KnownResourceStates.Running)
        {
            var monitor = _monitors.GetOrAdd(change.Resource, _ => new Monitor());
            if (monitor.NoticeRunning(change.ResourceId))
            {
                monitor.Work = MonitorAsync(change.Resource, monitor, stoppingToken);
            }
        }
        else if (_monitors.TryGetValue(change.Resource, out var monitor))
        {
            monitor.NoticeNotRunning(change.ResourceId);
        }
    }

    private async Task MonitorAsync(IResource resource, Monitor monitor, CancellationToken stoppingToken)
    {
        await Task.Yield();
        var keys = resource.TryGetAnnotationsIncludingAncestorsOfType<HealthCheckAnnotation>(out var checks)
            ? checks.Select(check => check.Key).ToHashSet(StringComparer.OrdinalIgnoreCase)
            : [];
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested && !monitor.EndsWithNothingRunning())
        {
            if (keys.Count == 0)
            {
                RaiseReady(resource, stoppingToken);
                await monitor.PauseAsync(Timeout.InfiniteTimeSpan, UnhealthyStep, time, stoppingToken).ConfigureAwait(false);
                continue;
            }

            var healthy = await CheckAsync(resource, keys, stoppingToken).ConfigureAwait(false);
            failures = healthy ? 0 : failures + 1;
            if (healthy)
            {
                RaiseReady(resource, stoppingToken);
            }

            var starting = !_ready.ContainsKey(resource);
            var pause = healthy ? HealthyInterval : starting ? StartingStep * Math.Min(4, failures) : UnhealthyStep * Math.Min(5, failures);
            await monitor.PauseAsync(pause, starting ? StartingStep : UnhealthyStep, time, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> CheckAsync(IResource resource, HashSet<string> keys, CancellationToken stoppingToken)
    {
        try
        {
            var report = await healthChecks.CheckHealthAsync(registration => keys.Contains(registration.Name), stoppingToken).ConfigureAwait(false);
            await StoreAsync(resource, report).ConfigureAwait(false);
            return report.Status is HealthStatus.Healthy;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            // A check that can't even be made, such as a faulty factory, leaves the resource unhealthy and is tried again.
            NotificationLog.HealthChecksFailed(logger, resource.Name, exception);
            return false;
        }
    }

    private Task StoreAsync(IResource resource, HealthReport report)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return notifications.PublishUpdateAsync(resource, snapshot =>
        {
            var reports = snapshot.HealthReports.IsDefault ? [] : snapshot.HealthReports;
            foreach (var (key, entry) in report.Entries)
            {
                var fresh = new HealthReportSnapshot(key, entry.Status, entry.Description, entry.Exception?.ToString()) { LastRunAt = now };
                var known = reports.FirstOrDefault(candidate => candidate.Name == key);
                if (known?.Status != entry.Status)
                {
                    NotificationLog.HealthChanged(logger, key, resource.Name, entry.Status.ToString(), entry.Description);
                }

                reports = known is null ? reports.Add(fresh) : reports.Replace(known, fresh);
            }

            return snapshot with { HealthReports = reports };
        });
    }

    // Once for each resource, however often it starts again.
    private void RaiseReady(IResource resource, CancellationToken stoppingToken)
    {
        if (!_ready.TryAdd(resource, true))
        {
            return;
        }

        var handlers = eventing.PublishAsync(new ResourceReadyEvent(resource, services), stoppingToken);
        _ = handlers.ContinueWith(
            failed => NotificationLog.ReadyHandlerFailed(logger, resource.Name, failed.Exception!.GetBaseException()),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        _ = notifications.PublishUpdateAsync(resource, snapshot => snapshot with { ResourceReadyEvent = new EventSnapshot(handlers) });
    }

    /// <summary>Which instances run, and the work of looking after them.</summary>
    private sealed class Monitor : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly HashSet<string> _running = new(StringComparer.OrdinalIgnoreCase);
        private readonly SemaphoreSlim _changed = new(0, 1);
        private bool _working;

        public Task? Work { get; set; }

        /// <summary>True when the work has to be started.</summary>
        public bool NoticeRunning(string id)
        {
            lock (_gate)
            {
                if (_running.Add(id))
                {
                    Wake();
                }

                var starts = !_working;
                _working = true;
                return starts;
            }
        }

        public void NoticeNotRunning(string id)
        {
            lock (_gate)
            {
                if (_running.Remove(id))
                {
                    Wake();
                }
            }
        }

        /// <summary>True when nothing runs any more: the work ends, and the next instance that runs starts it again.</summary>
        public bool EndsWithNothingRunning()
        {
            lock (_gate)
            {
                _working = _running.Count > 0;
                return !_working;
            }
        }

        /// <summary>Waits, but not on after a change of what runs.</summary>
        /// <param name="least">Waited even then: however often things change, there are no more looks than that.</param>
        public async Task PauseAsync(TimeSpan pause, TimeSpan least, TimeProvider time, CancellationToken cancellationToken)
        {
            using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var change = _changed.WaitAsync(woken.Token);
            var first = await Task.WhenAny(change, Task.Delay(pause, time, woken.Token)).ConfigureAwait(false);
            if (first == change && !cancellationToken.IsCancellationRequested && AnyRunning())
            {
                await Task.Delay(least, time, cancellationToken).ConfigureAwait(false);
            }

            await woken.CancelAsync().ConfigureAwait(false);
            await change.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        public void Dispose() => _changed.Dispose();

        private bool AnyRunning()
        {
            lock (_gate)
            {
                return _running.Count > 0;
            }
        }

        private void Wake()
        {
            try
            {
                _changed.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody has been woken already.
            }
        }
    }
}
