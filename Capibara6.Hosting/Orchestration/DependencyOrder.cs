using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.Orchestration;

/// <summary>Which resources may be stopped together: nothing stops before what depends on it.</summary>
internal static class DependencyOrder
{
    /// <summary>The resources in the order of stopping, those that can be stopped at the same time together.</summary>
    public static IReadOnlyList<IReadOnlyList<IResource>> ForStopping(IEnumerable<IResource> resources)
    {
        var remaining = resources.ToHashSet();
        var groups = new List<IReadOnlyList<IResource>>();
        while (remaining.Count > 0)
        {
            var needed = remaining.SelectMany(resource => DependenciesOf(resource).Where(other => other != resource)).ToHashSet();
            var free = remaining.Where(resource => !needed.Contains(resource)).ToList();

            // References may go round in circles, unlike waits: such a circle is stopped at once.
            var group = free.Count > 0 ? free : [.. remaining];
            groups.Add(group);
            remaining.ExceptWith(group);
        }

        return groups;
    }

    // What lives inside something needs that; a database is not run, but its server is.
    private static IEnumerable<IResource> DependenciesOf(IResource resource)
    {
        var direct = resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource)
            .Concat(resource.Annotations.OfType<ResourceRelationshipAnnotation>()
                .Where(relationship => relationship.Type is KnownRelationshipTypes.Reference or KnownRelationshipTypes.WaitFor)
                .Select(relationship => relationship.Resource));
        if (resource is IResourceWithParent child)
        {
            direct = direct.Append(child.Parent);
        }

        foreach (var dependency in direct)
        {
            for (var current = dependency; current is not null; current = (current as IResourceWithParent)?.Parent)
            {
                yield return current;
            }
        }
    }
}
