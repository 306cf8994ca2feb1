using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis.Profiling;

namespace Capibara6.ServiceDefaults.Clients.Redis;

/// <summary>
/// Makes a client span of each Redis command that runs under a recorded span. The driver has no spans of its own but a
/// profiler: commands collect in a session per span, and once a second they become spans with the times that the driver took.
/// </summary>
internal sealed class RedisCommandTracer(TimeProvider time) : BackgroundService
{
    /// <summary>The name under which this driver's spans are known, so that existing filters and dashboards fit.</summary>
    public const string SourceName = "OpenTelemetry.Instrumentation.StackExchangeRedis";

    // Beyond it commands go untraced: a flood of requests must not fill memory with sessions.
    private const int MaxSessions = 10_000;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly ActivitySource s_source = new(SourceName);

    private readonly ConcurrentDictionary<ActivitySpanId, TracedSession> _sessions = new();

    /// <summary>Where the driver puts the command that is about to be sent; null when nobody would see it.</summary>
    public ProfilingSession? SessionOfCurrentActivity()
    {
        if (Activity.Current is not { Recorded: true } activity || !s_source.HasListeners())
        {
            return null;
        }

        if (_sessions.TryGetValue(activity.SpanId, out var known))
        {
            return known.Session;
        }

        return _sessions.Count < MaxSessions
            ? _sessions.GetOrAdd(activity.SpanId, static (_, current) => new TracedSession(current, new ProfilingSession()), activity).Session
            : null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Drain();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Drain();
        }
    }

    internal void Drain()
    {
        foreach (var (id, traced) in _sessions)
        {
            var ended = traced.Parent.IsStopped;
            var any = false;
            foreach (var command in traced.Session.FinishProfiling())
            {
                any = true;
                Emit(traced.Parent.Context, command);
            }

            // One quiet round after the parent's end: a fire-and-forget command may complete late.
            if (ended && !any)
            {
                _sessions.TryRemove(id, out _);
            }
        }
    }

    private static void Emit(ActivityContext parent, IProfiledCommand command)
    {
        var start = new DateTimeOffset(DateTime.SpecifyKind(command.CommandCreated, DateTimeKind.Utc));
        using var span = s_source.StartActivity(ActivityKind.Client, parent, startTime: start, name: command.Command);
        if (span is null)
        {
            return;
        }

        span.SetTag("db.system.name", "redis");
        span.SetTag("db.operation.name", command.Command);
        span.SetTag("db.namespace", command.Db.ToString(System.Globalization.CultureInfo.InvariantCulture));
        switch (command.EndPoint)
        {
            case IPEndPoint address:
                span.SetTag("server.address", address.Address.ToString());
                span.SetTag("server.port", address.Port);
                break;
            case DnsEndPoint host:
                span.SetTag("server.address", host.Host);
                span.SetTag("server.port", host.Port);
                break;
        }

        span.SetEndTime((start + command.ElapsedTime).UtcDateTime);
    }

    private sealed record TracedSession(Activity Parent, ProfilingSession Session);
}
