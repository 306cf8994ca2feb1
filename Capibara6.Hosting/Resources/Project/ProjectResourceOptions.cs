namespace Aspire.Hosting;

/// <summary>What of a project's own settings is used.</summary>
public class ProjectResourceOptions
{
    /// <summary>Null for the usual one.</summary>
    public string? LaunchProfileName { get; set; }

    /// <summary>True to start without a launch profile.</summary>
    public bool ExcludeLaunchProfile { get; set; }

    /// <summary>True to leave the endpoints alone that the project configures for Kestrel.</summary>
    public bool ExcludeKestrelEndpoints { get; set; }
}
