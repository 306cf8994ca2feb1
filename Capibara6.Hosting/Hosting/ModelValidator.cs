using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>Checks the whole model when it is built.</summary>
internal static class ModelValidator
{
    /// <exception cref="DistributedApplicationException">Two resources have one name, or a name breaks the rules.</exception>
    public static void Validate(IResourceCollection resources)
    {
        var seen = new Dictionary<string, IResource>(StringComparer.OrdinalIgnoreCase);
        foreach (var resource in resources)
        {
            if (!seen.TryAdd(resource.Name, resource))
            {
                throw new DistributedApplicationException(
                    $"Multiple resources with the name '{resource.Name}'. Resource names are case-insensitive.");
            }

            try
            {
                ModelName.Validate("Resource", resource.Name);
            }
            catch (ArgumentException exception)
            {
                throw new DistributedApplicationException(exception.Message, exception);
            }
        }

        foreach (var resource in resources)
        {
            ValidateWaits(resource);
        }
    }

    private static void ValidateWaits(IResource resource)
    {
        var path = new List<IResource>();
        if (FindCycle(resource, resource, path, []))
        {
            var names = string.Join(" -> ", path.Prepend(resource).Select(step => step.Name));
            throw new DistributedApplicationException($"Resources wait for each other and would never start: {names}.");
        }
    }

    private static bool FindCycle(IResource start, IResource current, List<IResource> path, HashSet<IResource> visited)
    {
        foreach (var wait in current.Annotations.OfType<WaitAnnotation>())
        {
            path.Add(wait.Resource);
            if (wait.Resource == start || (visited.Add(wait.Resource) && FindCycle(start, wait.Resource, path, visited)))
            {
                return true;
            }

            path.RemoveAt(path.Count - 1);
        }

        return false;
    }
}
