namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>What only the whole model shows to be wrong: each is one line, and nothing is written.</summary>
internal static class WorkloadChecks
{
    /// <summary>Names of objects become labels and host names, which end here.</summary>
    private const int LabelLength = 63;

    /// <summary>Kubernetes adds its own to the names of pods that a StatefulSet or a CronJob makes.</summary>
    private const int OwnerLength = 52;

    /// <summary>Names in the output that are not the model's.</summary>
    private static readonly string[] s_reserved = ["default-deny", "edge", "frontend", "limits", "nginx", "outbound", "quota", "traces"];

    /// <exception cref="DistributedApplicationException">The model is wrong; the message says where and what to do.</exception>
    public static WorkloadModel Check(WorkloadModel model)
    {
        foreach (var workload in model.Workloads)
        {
            CheckName(workload);
            Refuse(
                workload is { Autoscaling: not null, QueueAutoscaling: not null },
                workload,
                "it has both WithAutoscaling and WithQueueAutoscaling, and two autoscalers fight over one number; keep one");
            Refuse(
                workload is { IsScaled: true, IsStateful: true },
                workload,
                "it keeps data in a volume of its own and is autoscaled, which would make as many sets of data; take one of them away");
        }

        if (model.Workloads.GroupBy(static workload => workload.Name, StringComparer.Ordinal).FirstOrDefault(static group => group.Skip(1).Any()) is { } same)
        {
            throw new DistributedApplicationException(
                $"Resource '{same.Key}' has the name of a job that is made of another resource (its migrations, backup or restore); give it another name.");
        }

        if (model.Published.GroupBy(static workload => workload.PublicName!.Host, StringComparer.Ordinal).FirstOrDefault(static group => group.Skip(1).Any()) is { } host)
        {
            throw new DistributedApplicationException(
                $"Resources {string.Join(" and ", host.Select(static workload => $"'{workload.Name}'"))} both have the public name {host.Key}; give each WithIngress a label of its own.");
        }

        return model;
    }

    private static void CheckName(Workload workload)
    {
        var name = workload.Name;
        Refuse(name.Any(char.IsAsciiLetterUpper), workload, "a name in Kubernetes has lower-case letters only; write it so");
        Refuse(s_reserved.Contains(name, StringComparer.Ordinal), workload, "the output has something else of this name; give it another");
        var most = workload switch
        {
            { Kind: WorkloadKind.ScheduledJob } or { IsStateful: true } => OwnerLength,
            { Kind: WorkloadKind.Job } => LabelLength - "-00000000".Length,
            // Its volume or service of every replica has this name and more.
            _ => LabelLength - "-metrics".Length,
        };
        Refuse(name.Length > most, workload, $"with {name.Length} characters the name is too long for Kubernetes, which leaves {most} here; give the resource a shorter one");
    }

    private static void Refuse(bool wrong, Workload workload, string what)
    {
        if (wrong)
        {
            throw new DistributedApplicationException($"Resource '{workload.Name}': {what}.");
        }
    }
}
