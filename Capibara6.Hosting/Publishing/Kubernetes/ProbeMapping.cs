using Capibara6.Hosting.Publishing.Workloads;
using k8s.Models;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>
/// Readiness asks whether a request would be answered, liveness whether the process works at all: a lost database must take
/// a replica out of the balancing, not restart it.
/// </summary>
internal static class ProbeMapping
{
    /// <summary>A server that makes, migrates or recovers its data may take ten minutes; stopped half-way, it would believe that it is done.</summary>
    public static V1Probe? Startup(Workload workload) => workload switch
    {
        { IsProject: true, Kind: WorkloadKind.Service, HttpPort: { } port } =>
            new V1Probe { HttpGet = Get(workload.Probes.Startup, port), PeriodSeconds = 2, TimeoutSeconds = 2, FailureThreshold = 60 },
        { Kind: WorkloadKind.Service, Ports: [var port, ..] } =>
            new V1Probe { TcpSocket = new V1TCPSocketAction { Port = port.Name }, PeriodSeconds = 5, TimeoutSeconds = 3, FailureThreshold = 120 },
        _ => null,
    };

    public static V1Probe? Readiness(Workload workload) => Asked(workload, workload.Server switch
    {
        ServerKind.Postgres => new V1Probe { Exec = Run("pg_isready -h 127.0.0.1 -U \"$POSTGRES_USER\"") },
        ServerKind.Redis => new V1Probe { Exec = Run("REDISCLI_AUTH=\"$(cat /run/secrets/REDIS_PASSWORD)\" redis-cli ping | grep -q PONG") },
        _ => new V1Probe { HttpGet = workload.HttpPort is { } port ? Get(workload.Probes.Readiness, port) : null },
    }, period: 5, timeout: 3);

    public static V1Probe? Liveness(Workload workload) => Asked(workload, workload switch
    {
        { IsProject: true, HttpPort: { } port } => new V1Probe { HttpGet = Get(workload.Probes.Liveness, port) },
        { Ports: [var port, ..] } => new V1Probe { TcpSocket = new V1TCPSocketAction { Port = port.Name } },
        _ => new V1Probe(),
    }, period: 10, timeout: 5);

    private static V1Probe? Asked(Workload workload, V1Probe probe, int period, int timeout)
    {
        if (workload.Kind != WorkloadKind.Service || (probe.HttpGet is null && probe.Exec is null && probe.TcpSocket is null))
        {
            return null;
        }

        probe.PeriodSeconds = period;
        probe.TimeoutSeconds = timeout;
        probe.FailureThreshold = 3;
        return probe;
    }

    private static V1HTTPGetAction Get(string path, WorkloadPort port) => new() { Path = path, Port = port.Name };

    private static V1ExecAction Run(string script) => new() { Command = ["/bin/sh", "-c", script] };
}
