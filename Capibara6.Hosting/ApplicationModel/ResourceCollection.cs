using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.ApplicationModel
{
    /// <summary>The resources of a model, in the order in which they were added.</summary>
    public interface IResourceCollection : IList<IResource>
    {
        /// <summary>Finds a resource by its name, without regard to case.</summary>
        bool TryGetByName(string name, [NotNullWhen(true)] out IResource? resource)
        {
            resource = this.FirstOrDefault(candidate => string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase));
            return resource is not null;
        }
    }
}

namespace Capibara6.Hosting.ApplicationModel
{
    /// <inheritdoc cref="IResourceCollection"/>
    internal sealed class ResourceCollection(IList<IResource> resources) : Collection<IResource>(resources), IResourceCollection
    {
        public ResourceCollection() : this([])
        {
        }
    }
}
