using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.Hosting;

/// <summary>Secrets as files, where deployments put them: unlike variables they show in no process list and no crash report.</summary>
public static class SecretFilesExtensions
{
    /// <summary>The folder that Docker and our Kubernetes manifests mount.</summary>
    public const string DefaultFolder = "/run/secrets";

    /// <summary>The variable or setting that names another folder.</summary>
    public const string FolderKey = "SECRETS_FOLDER";

    /// <summary>
    /// Reads each file of the folder as a setting: its name is the key with <c>__</c> between sections, its text the value. Files
    /// win over variables. A missing folder holds nothing.
    /// </summary>
    public static TBuilder AddSecretFiles<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Configuration.AddKeyPerFile(builder.Configuration[FolderKey] ?? DefaultFolder, optional: true);
        return builder;
    }
}
