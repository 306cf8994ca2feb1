using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>Finds the resources that a value is made from.</summary>
internal static class ReferencedResources
{
    /// <summary>Every resource directly in the value, once, in order; not what those resources refer to themselves.</summary>
    public static IEnumerable<IResource> Of(object? value) => Walk(value, new HashSet<object>(ReferenceEqualityComparer.Instance)).Distinct();

    private static IEnumerable<IResource> Walk(object? value, HashSet<object> seen)
    {
        if (value is null || !seen.Add(value))
        {
            return [];
        }

        return value switch
        {
            IResource resource => [resource],
            IResourceBuilder<IResource> builder => [builder.Resource],
            IValueWithReferences composed => composed.References.SelectMany(reference => Walk(reference, seen)),
            _ => [],
        };
    }
}
