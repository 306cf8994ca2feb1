namespace Capibara6.Hosting.Orchestration.Projects;

/// <summary>Finds what to execute for a project.</summary>
internal interface IProjectOutputs
{
    /// <summary>
    /// The program that the project's build has left, after building it when that was not the AppHost's own build.
    /// Starting it directly saves the second that <c>dotnet run</c> takes to find it.
    /// </summary>
    /// <param name="projectPath">Full path of the project file, or of a program in one file.</param>
    /// <param name="build">True to build the project first.</param>
    /// <param name="onLine">Gets the build's output.</param>
    /// <exception cref="InstanceLaunchException">The project doesn't exist, doesn't build, or has no built program.</exception>
    Task<ProjectOutput> FindAsync(string projectPath, bool build, Action<string> onLine, CancellationToken cancellationToken);
}

/// <summary>A command line without the application's own arguments.</summary>
internal sealed record ProjectOutput(string Program, IReadOnlyList<string> Arguments);
