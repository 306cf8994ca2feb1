using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>Makes the first snapshot of a resource, and fills in what follows from its annotations.</summary>
internal static class InitialSnapshots
{
    public static CustomResourceSnapshot For(IResource resource, TimeProvider time)
    {
        var snapshot = resource.TryGetLastAnnotation<ResourceSnapshotAnnotation>(out var initial)
            ? initial.InitialSnapshot
            : new CustomResourceSnapshot { ResourceType = TypeName(resource), Properties = [] };
        return snapshot with { CreationTimeStamp = snapshot.CreationTimeStamp ?? time.GetUtcNow().UtcDateTime };
    }

    public static CustomResourceSnapshot Complete(IResource resource, CustomResourceSnapshot snapshot, IServiceProvider services)
    {
        resource.TryGetLastAnnotation<ResourceIconAnnotation>(out var icon);
        var completed = snapshot with
        {
            Relationships = Relationships(resource, snapshot.Relationships),
            HealthReports = HealthReports(resource, snapshot.HealthReports),
            IconName = snapshot.IconName ?? icon?.IconName,
            IconVariant = snapshot.IconVariant ?? icon?.IconVariant,
            SupportsDetailedTelemetry = snapshot.SupportsDetailedTelemetry || resource.HasAnnotationOfType<OtlpExporterAnnotation>(),
        };
        return completed with { Commands = Commands(resource, completed, services) };
    }

    /// <summary>Project for a ProjectResource, and so on.</summary>
    public static string TypeName(IResource resource)
    {
        const string Suffix = "Resource";
        var name = resource.GetType().Name;
        return name.Length > Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;
    }

    private static ImmutableArray<RelationshipSnapshot> Relationships(IResource resource, ImmutableArray<RelationshipSnapshot> known)
    {
        var relationships = known.IsDefault ? [] : known.ToList();
        foreach (var relationship in resource.Annotations.OfType<ResourceRelationshipAnnotation>())
        {
            var drawn = new RelationshipSnapshot(relationship.Resource.Name, relationship.Type);
            if (!relationships.Contains(drawn))
            {
                relationships.Add(drawn);
            }
        }

        return [.. relationships];
    }

    private static ImmutableArray<HealthReportSnapshot> HealthReports(IResource resource, ImmutableArray<HealthReportSnapshot> known)
    {
        if (!known.IsDefaultOrEmpty)
        {
            return known;
        }

        return [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => new HealthReportSnapshot(check.Key, null, null, null))];
    }

    private static ImmutableArray<ResourceCommandSnapshot> Commands(IResource resource, CustomResourceSnapshot snapshot, IServiceProvider services)
    {
        var context = new UpdateCommandStateContext { ResourceSnapshot = snapshot, ServiceProvider = services };
        return
        [
            .. resource.Annotations.OfType<ResourceCommandAnnotation>().Select(command => new ResourceCommandSnapshot(
                command.Name, CommandState(command, context), command.DisplayName, command.DisplayDescription, null,
                command.ConfirmationMessage, command.IconName, command.IconVariant, command.IsHighlighted) { Visibility = command.Visibility }),
        ];
    }

    private static ResourceCommandState CommandState(ResourceCommandAnnotation command, UpdateCommandStateContext context)
    {
        try
        {
            return command.UpdateState(context);
        }
        catch (Exception)
        {
            // Code of the program's author: its mistake must cost its command, not the state of the resource.
            return ResourceCommandState.Disabled;
        }
    }
}
