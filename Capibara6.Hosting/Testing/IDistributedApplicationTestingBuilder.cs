namespace Aspire.Hosting.Testing;

/// <summary>An application's builder in a test: the model may be changed before it is built.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable, IDisposable
{
    /// <summary>Builds the application without starting it.</summary>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}
