using System.Reflection;

namespace Aspire.Hosting;

/// <summary>How an application is built.</summary>
public sealed class DistributedApplicationOptions
{
    private string? _projectDirectory;

    public string[]? Args { get; set; }

    /// <summary>Name of the AppHost's assembly; null for the program's own.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>True to start without a dashboard.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>Registry for images that say none.</summary>
    public string? ContainerRegistryOverride { get; set; }

    public string? DashboardApplicationName { get; set; }

    /// <summary>True to allow http for the dashboard, its resource service and telemetry.</summary>
    public bool AllowUnsecuredTransport { get; set; }

    /// <summary>True to copy the logs of resources to the application's own log.</summary>
    public bool EnableResourceLogging { get; set; }

    public bool? TrustDeveloperCertificate { get; set; }

    public bool? DeveloperCertificateDefaultHttpsTerminationEnabled { get; set; }

    /// <summary>The AppHost's folder; taken from its assembly unless set.</summary>
    public string? ProjectDirectory
    {
        get => _projectDirectory ?? Metadata("apphostprojectpath");
        set => _projectDirectory = value;
    }

    internal Assembly? Assembly => AssemblyName is null ? System.Reflection.Assembly.GetEntryAssembly() : System.Reflection.Assembly.Load(AssemblyName);

    /// <summary>File name of the AppHost's project.</summary>
    internal string? ProjectFileName => Metadata("apphostprojectname");

    private string? Metadata(string key) => Assembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(attribute => string.Equals(attribute.Key, key, StringComparison.OrdinalIgnoreCase))?.Value;
}
