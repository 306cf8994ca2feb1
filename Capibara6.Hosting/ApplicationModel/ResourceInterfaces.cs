using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.ApplicationModel
{
    /// <summary>A part of the application: a name and the annotations that say how it behaves.</summary>
    public interface IResource
    {
        /// <summary>1 to 64 ASCII letters, digits and hyphens, unique in the model without regard to case.</summary>
        string Name { get; }

        ResourceAnnotationCollection Annotations { get; }
    }

    /// <summary>A statement about a resource.</summary>
    public interface IResourceAnnotation;

    /// <summary>A resource that listens on endpoints.</summary>
    public interface IResourceWithEndpoints : IResource;

    /// <summary>A resource that takes environment variables.</summary>
    public interface IResourceWithEnvironment : IResource;

    /// <summary>A resource that takes command-line arguments.</summary>
    public interface IResourceWithArgs : IResource;

    /// <summary>A resource that can wait for others before it starts.</summary>
    public interface IResourceWithWaitSupport : IResource;

    /// <summary>A resource whose health a platform may probe.</summary>
    [Experimental("ASPIREPROBES001")]
    public interface IResourceWithProbes : IResource;

    /// <summary>A resource that runs code when deployed.</summary>
    public interface IComputeResource : IResource;

    /// <summary>A resource without a start and an end, such as a parameter.</summary>
    public interface IResourceWithoutLifetime : IResource;

    /// <summary>A resource that lives inside another one, as a database inside its server.</summary>
    public interface IResourceWithParent : IResource
    {
        IResource Parent { get; }
    }

    /// <inheritdoc cref="IResourceWithParent"/>
    public interface IResourceWithParent<out T> : IResourceWithParent where T : IResource
    {
        new T Parent { get; }

        IResource IResourceWithParent.Parent => Parent;
    }

    /// <summary>A place that compute resources are deployed to.</summary>
    public interface IComputeEnvironmentResource : IResource
    {
        [Experimental("ASPIRECOMPUTE002")]
        ReferenceExpression GetHostAddressExpression(EndpointReference endpointReference) =>
            throw new NotSupportedException($"The compute environment '{Name}' has no host addresses.");

        [Experimental("ASPIRECOMPUTE002")]
        ReferenceExpression GetEndpointPropertyExpression(EndpointReferenceExpression endpointReferenceExpression) =>
            throw new NotSupportedException($"The compute environment '{Name}' has no endpoint properties.");
    }

    /// <summary>A resource that other resources connect to by a connection string.</summary>
    public interface IResourceWithConnectionString : IResource, IExpressionValue, IValueWithReferences
    {
        /// <summary>The connection string with its references unresolved.</summary>
        ReferenceExpression ConnectionStringExpression { get; }

        /// <summary>The variable to inject it as; null for <c>ConnectionStrings__{name}</c>.</summary>
        string? ConnectionStringEnvironmentVariable => null;

        ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
            ConnectionStringExpression.GetValueAsync(cancellationToken);

        /// <summary>The parts of the connection, injected as variables of their own.</summary>
        IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() => [];

        string IManifestExpressionProvider.ValueExpression => $"{{{Name}.connectionString}}";

        ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken) =>
            GetConnectionStringAsync(cancellationToken);

        ValueTask<string?> IValueProvider.GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken) =>
            ConnectionStringExpression.GetValueAsync(context, cancellationToken);

        IEnumerable<object> IValueWithReferences.References => [ConnectionStringExpression];
    }
}

namespace Aspire.Hosting
{
    using Aspire.Hosting.ApplicationModel;

    /// <summary>A resource that others find by name: its endpoints are injected for service discovery.</summary>
    public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

    /// <summary>What is known about a project at build time. Classes in the namespace <c>Projects</c> are generated from references.</summary>
    public interface IProjectMetadata : IResourceAnnotation
    {
        /// <summary>Absolute path of the project file.</summary>
        string ProjectPath { get; }

        /// <summary>Launch settings that replace the file <c>Properties/launchSettings.json</c>; null to read the file.</summary>
        LaunchSettings? LaunchSettings => null;

        /// <summary>True when the project was built together with the AppHost.</summary>
        bool SuppressBuild => false;

        bool IsFileBasedApp => string.Equals(Path.GetExtension(ProjectPath), ".cs", StringComparison.OrdinalIgnoreCase);
    }
}
