namespace Capibara6.Hosting.Publishing;

/// <summary>
/// Writes the model in one format. The dispatcher chooses it by its name, gives it an empty place to write to, and puts what it
/// wrote in place of the earlier output only when it succeeded.
/// </summary>
internal interface IPublisher
{
    /// <summary>What <c>--publisher</c> calls it.</summary>
    string Name { get; }

    /// <summary>The folder to write to when none is given, relative to the AppHost's.</summary>
    string DefaultOutputPath { get; }

    /// <summary>True for a file of the earlier output that isn't written anew and has to stay, such as one with secrets of the user.</summary>
    /// <param name="relativePath">From the output folder, with slashes.</param>
    bool Keeps(string relativePath) => false;

    /// <summary>Writes to <see cref="PublishingTarget.Path"/> and nowhere else.</summary>
    /// <exception cref="DistributedApplicationException">The model can't be published so; the message says why.</exception>
    Task PublishAsync(DistributedApplicationModel model, PublishingTarget target, CancellationToken cancellationToken);
}

/// <summary>Where a publisher writes, and what it may ask.</summary>
/// <param name="Path">The empty folder to fill.</param>
/// <param name="FinalPath">Where it will stand: relative paths in the output start there.</param>
/// <param name="AppHostDirectory">The AppHost's folder.</param>
internal sealed record PublishingTarget(
    string Path, string FinalPath, string AppHostDirectory, DistributedApplicationExecutionContext ExecutionContext, IServiceProvider Services, ILogger Logger);
