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
        { IsProject: true, Probes.Startup: { } probe } => Asked(workload, Get(probe), new ProbeTimes(0, 2, 2, 60, 0)),
        { Probes.Startup: { } probe } => Asked(workload, Get(probe), new ProbeTimes(0, 5, 3, 120, 0)),
        _ => Asked(workload, Open(workload), new ProbeTimes(0, 5, 3, 120, 0)),
    };

    public static V1Probe? Readiness(Workload workload) => workload.Probes switch
    {
        { Readiness: { } probe } => Asked(workload, Get(probe), s_readiness),
        { Script: { } script } => Asked(workload, new V1Probe { Exec = new V1ExecAction { Command = ["/bin/sh", "-c", script] } }, s_readiness),
        _ => null,
    };

    public static V1Probe? Liveness(Workload workload) => Asked(
        workload, workload.Probes.Liveness is { } probe ? Get(probe) : Open(workload), new ProbeTimes(0, 10, 5, 3, 0));

    private static readonly ProbeTimes s_readiness = new(0, 5, 3, 3, 0);

    private static V1Probe? Open(Workload workload) => workload.Ports.FirstOrDefault(static port => port.Protocol == "TCP") is { } port
        ? new V1Probe { TcpSocket = new V1TCPSocketAction { Port = port.Name } }
        : null;

    private static V1Probe? Asked(Workload workload, V1Probe? probe, ProbeTimes usual)
    {
        if (workload.Kind != WorkloadKind.Service || probe is null)
        {
            return null;
        }

        probe.InitialDelaySeconds ??= usual.InitialDelay > 0 ? usual.InitialDelay : null;
        probe.PeriodSeconds ??= usual.Period;
        probe.TimeoutSeconds ??= usual.Timeout;
        probe.FailureThreshold ??= usual.Failures;
        return probe;
    }

    private static V1Probe Get(HttpProbe probe) => new()
    {
        HttpGet = new V1HTTPGetAction { Path = probe.Path, Port = probe.PortName },
        InitialDelaySeconds = probe.Times?.InitialDelay,
        PeriodSeconds = probe.Times?.Period,
        TimeoutSeconds = probe.Times?.Timeout,
        FailureThreshold = probe.Times?.Failures,
        SuccessThreshold = probe.Times?.Successes,
    };
}
