using System.Collections.Concurrent;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Replicas;
using Capibara6.Hosting.Orchestration.Reporting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration;

/// <summary>
/// What has failed in this run, and why. A failure that others wait for ends a run from the command line: it would wait
/// for ever, and nobody would be told.
/// </summary>
internal sealed class RunFailures(CommandLineRun run, IHostApplicationLifetime lifetime, ILogger<RunFailures> logger)
{
    private readonly ConcurrentDictionary<string, string> _reasons = new(StringComparer.OrdinalIgnoreCase);
    private DistributedApplicationException? _fatal;

    public void Record(IResource resource, string instanceId, string reason)
    {
        if (_reasons.TryAdd(resource.Name, reason) || _reasons[resource.Name] != reason)
        {
            _reasons[resource.Name] = reason;
            ReplicaLog.Failed(logger, ResourceInstances.GetIds(resource).Length > 1 ? instanceId : resource.Name, reason);
        }
    }

    /// <summary>Why a resource failed; null when it did not.</summary>
    public string? ReasonOf(IResource resource)
    {
        for (var current = resource; current is not null; current = (current as IResourceWithParent)?.Parent)
        {
            if (_reasons.TryGetValue(current.Name, out var reason))
            {
                return reason;
            }
        }

        return null;
    }

    /// <summary>A start, a command: what failed before counts no more.</summary>
    public void Forget(IResource resource) => _reasons.TryRemove(resource.Name, out _);

    /// <summary>A resource can't start since something that it waits for failed.</summary>
    public void RecordWait(IResource resource, DistributedApplicationException exception)
    {
        var culprit = resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource)
            .FirstOrDefault(dependency => ReasonOf(dependency) is not null);
        var reason = culprit is null
            ? $"Resource '{resource.Name}' can't start: {exception.Message}"
            : $"Resource '{resource.Name}' can't start, because '{culprit.Name}', which it waits for, failed: {ReasonOf(culprit)}";
        _reasons[resource.Name] = reason;
        if (run.IsActive)
        {
            Interlocked.CompareExchange(ref _fatal, new DistributedApplicationException(reason, exception), null);
            lifetime.StopApplication();
        }
        else
        {
            ReplicaLog.Failed(logger, resource.Name, reason);
        }
    }

    /// <exception cref="DistributedApplicationException">The run was ended by a failure.</exception>
    public void ThrowIfFatal()
    {
        if (_fatal is { } fatal)
        {
            throw fatal;
        }
    }
}
