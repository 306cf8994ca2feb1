using Capibara6.Hosting.LocalServers.Programs;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Hosting.LocalServers;

/// <summary>Shows the state of a local server on the server of the model, and starts one again that has ended by itself, however often.</summary>
internal sealed class ServerKeeper(
    ResourceNotificationService notifications, ResourceCommandService commands, RunFailure failure, IHostApplicationLifetime lifetime,
    TimeProvider time, ILogger<ServerKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_wasWellAfter = TimeSpan.FromMinutes(1);
    private readonly Dictionary<LocalServerResource, Watch> _watches = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What ends when the run does is not to start again.
        var stopping = lifetime.ApplicationStopping;
        await foreach (var change in notifications.WatchAsync(stopping).ConfigureAwait(false))
        {
            if (change.Resource is LocalServerResource server)
            {
                if (!_watches.TryGetValue(server, out var watch))
                {
                    _watches[server] = watch = new Watch(server);
                }

                await FollowAsync(watch, change, stopping).ConfigureAwait(false);
            }
            else if (_watches.Values.FirstOrDefault(watch => watch.Server.Server == change.Resource) is { } owner)
            {
                LookForFatal(owner, change.Snapshot);
            }
        }
    }

    private async Task FollowAsync(Watch watch, ResourceEvent change, CancellationToken stopping)
    {
        var snapshot = change.Snapshot;
        var state = snapshot.State?.Text;
        if (state == watch.State || state is null)
        {
            return;
        }

        watch.IsStopping = state == KnownResourceStates.Stopping || (watch.IsStopping && IsEnd(state));
        watch.State = state;
        if (state == KnownResourceStates.Running)
        {
            watch.RunsSince = time.GetTimestamp();
        }

        var crashed = IsEnd(state) && !watch.IsStopping;
        await MirrorAsync(watch.Server, snapshot, crashed).ConfigureAwait(false);
        if (crashed && watch.Restart.IsCompleted)
        {
            watch.Restart = RestartAsync(watch, change.ResourceId, stopping);
        }
    }

    private async Task MirrorAsync(LocalServerResource server, CustomResourceSnapshot from, bool crashed)
    {
        // "Exited" would be the end for whatever waits for it.
        var state = crashed ? new ResourceStateSnapshot("Restarting", KnownResourceStateStyles.Warn) : from.State;
        var running = state?.Text == KnownResourceStates.Running;
        foreach (var follower in server.Followers)
        {
            await notifications.PublishUpdateAsync(follower, snapshot => snapshot with
            {
                State = state,
                StartTimeStamp = from.StartTimeStamp,
                StopTimeStamp = running ? null : from.StopTimeStamp,
                ExitCode = running ? null : from.ExitCode,
                Urls = [.. snapshot.Urls.Select(url => url with { IsInactive = !running })],
                Properties = [.. snapshot.Properties.Where(property => property.Name != LocalServerResource.RunsAs),
                    new ResourcePropertySnapshot(LocalServerResource.RunsAs, $"local server, {server.Process.Description}")],
            }).ConfigureAwait(false);
        }
    }

    private async Task RestartAsync(Watch watch, string id, CancellationToken stopping)
    {
        try
        {
            var wasWell = watch.RunsSince is { } since && time.GetElapsedTime(since) > s_wasWellAfter;
            for (watch.Crashes = wasWell ? 0 : watch.Crashes; ; watch.Crashes++)
            {
                var delay = s_firstDelay * Math.Pow(2, Math.Min(watch.Crashes, 10));
                delay = delay < s_longestDelay ? delay : s_longestDelay;
                await Task.Delay(delay, time, stopping).ConfigureAwait(false);

                // After a start too: what happened to it came while nobody looked.
                if (!notifications.TryGetCurrentState(id, out var current) || !IsEnd(current.Snapshot.State?.Text))
                {
                    return;
                }

                LocalServerLog.StartsAgain(logger, watch.Server.Server.Name, current.Snapshot.State?.Text, current.Snapshot.ExitCode);
                var result = await commands.ExecuteCommandAsync(id, KnownResourceCommands.StartCommand, stopping).ConfigureAwait(false);
                if (!result.Success)
                {
                    LocalServerLog.CannotStart(logger, watch.Server.Server.Name, result.Message ?? "the orchestrator gives no reason");
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The run ends.
        }
    }

    private void LookForFatal(Watch watch, CustomResourceSnapshot snapshot)
    {
        watch.WasHealthy |= snapshot.HealthStatus == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy;
        if (watch.WasHealthy)
        {
            return;
        }

        foreach (var report in snapshot.HealthReports)
        {
            var meaning = watch.Server.Process.FatalReports.FirstOrDefault(pair =>
                $"{report.Description} {report.ExceptionText}".Contains(pair.Key, StringComparison.Ordinal)).Value;
            if (meaning is not null)
            {
                failure.End(meaning);
            }
        }
    }

    private static bool IsEnd(string? state) => state is not null && KnownResourceStates.TerminalStates.Contains(state);

    private sealed class Watch(LocalServerResource server)
    {
        public LocalServerResource Server { get; } = server;
        public string? State { get; set; }

        /// <summary>Somebody stopped it, who may start it again.</summary>
        public bool IsStopping { get; set; }
        public bool WasHealthy { get; set; }
        public long? RunsSince { get; set; }
        public int Crashes { get; set; }
        public Task Restart { get; set; } = Task.CompletedTask;
    }
}
