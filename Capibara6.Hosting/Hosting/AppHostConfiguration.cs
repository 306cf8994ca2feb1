using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Hosting;

/// <summary>Reads what the AppHost was started for, and sets the configuration keys that it publishes about itself.</summary>
internal static class AppHostConfiguration
{
    public const string OperationKey = "AppHost:Operation";
    public const string PublisherKey = "Publishing:Publisher";
    public const string StepKey = "Pipeline:Step";
    public const string OutputPathKey = "Pipeline:OutputPath";
    public const string DashboardDisabledKey = "AppHost:DashboardDisabled";
    public const string ManifestPublisher = "manifest";

    /// <exception cref="DistributedApplicationException">The operation is none of run, publish and inspect.</exception>
    public static DistributedApplicationExecutionContextOptions ReadOperation(IConfiguration configuration)
    {
        var publisher = NullIfEmpty(configuration[PublisherKey]);
        var operation = NullIfEmpty(configuration[OperationKey])?.ToLowerInvariant() ?? (publisher is null ? "run" : "publish");
        return operation switch
        {
            "run" => new DistributedApplicationExecutionContextOptions(DistributedApplicationOperation.Run),
            "publish" or "inspect" => new DistributedApplicationExecutionContextOptions(
                DistributedApplicationOperation.Publish, publisher ?? ManifestPublisher),
            _ => throw new DistributedApplicationException($"Invalid operation '{operation}': use run, publish or inspect."),
        };
    }

    public static void Fill(DistributedApplicationBuilder builder, DistributedApplicationOptions options)
    {
        var configuration = builder.Configuration;
        options.DisableDashboard |= configuration[DashboardDisabledKey] is "true" or "True";
        if (builder.ExecutionContext.IsRunMode && !builder.Environment.IsDevelopment() && builder.UserSecretsManager.IsAvailable)
        {
            UseUserSecrets(configuration, builder.UserSecretsManager.FilePath);
        }

        var projectFile = options.ProjectFileName ?? builder.Environment.ApplicationName;
        var pathHash = Hash(builder.AppHostPath.ToLowerInvariant());
        var projectHash = Hash(projectFile);
        var defaultHash = builder.ExecutionContext.IsPublishMode ? projectHash : pathHash;
        configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AppHost:Directory"] = builder.AppHostDirectory,
            ["AppHost:Path"] = builder.AppHostPath,
            ["AppHost:FilePath"] = Path.Join(builder.AppHostDirectory, projectFile),
            ["AppHost:DashboardApplicationName"] = options.DashboardApplicationName ?? builder.Environment.ApplicationName,
            [DashboardDisabledKey] = options.DisableDashboard ? "true" : "false",
            ["AppHost:PathSha256"] = pathHash,
            ["AppHost:ProjectNameSha256"] = projectHash,
            ["AppHost:Sha256"] = NullIfEmpty(configuration["AppHostSha"]) ?? defaultHash,
        });
        if (builder.ExecutionContext.IsRunMode)
        {
            SetKeys(builder, options);
        }
    }

    /// <summary>A key for a service of this run: 128 random bits in lower-case hexadecimal digits.</summary>
    public static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;

    /// <summary>The value under the new name of a setting, or under its old one.</summary>
    public static string? Read(IConfiguration configuration, string name, string legacyName) =>
        NullIfEmpty(configuration[name]) ?? NullIfEmpty(configuration[legacyName]);

    private static void SetKeys(DistributedApplicationBuilder builder, DistributedApplicationOptions options)
    {
        var configuration = builder.Configuration;
        var anonymous = Read(configuration, "ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", "DOTNET_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS") is "true" or "True" or "1";
        var keys = new Dictionary<string, string?> { ["AppHost:ResourceService:AuthMode"] = anonymous ? "Unsecured" : "ApiKey" };
        if (!anonymous)
        {
            keys["AppHost:BrowserToken"] =
                Read(configuration, "ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN", "DOTNET_DASHBOARD_FRONTEND_BROWSERTOKEN") ?? NewKey();
            keys["AppHost:ResourceService:ApiKey"] =
                Read(configuration, "ASPIRE_DASHBOARD_RESOURCESERVICE_APIKEY", "DOTNET_DASHBOARD_RESOURCESERVICE_APIKEY") ?? NewKey();
            if (options.DisableDashboard)
            {
                keys["AppHost:OtlpApiKey"] = NullIfEmpty(configuration["AppHost:OtlpApiKey"]) ?? NewKey();
            }
            else
            {
                builder.UserSecretsManager.GetOrSetSecret(configuration, "AppHost:OtlpApiKey", NewKey);
                builder.UserSecretsManager.GetOrSetSecret(configuration, "AppHost:DashboardApiKey", NewKey);
            }
        }

        configuration.AddInMemoryCollection(keys);
    }

    // In Development the host has read them already. Elsewhere generated passwords must be found again as well:
    // beside data that outlives a run, a new password would lock everyone out.
    private static void UseUserSecrets(ConfigurationManager configuration, string file)
    {
        if (!File.Exists(file))
        {
            return;
        }

        var sources = ((IConfigurationBuilder)configuration).Sources;
        var index = sources.Select((source, position) => (source, position))
            .Where(entry => entry.source is JsonConfigurationSource).Select(entry => entry.position + 1).DefaultIfEmpty(0).Max();
        var secrets = new JsonConfigurationSource { Path = file, Optional = true };
        secrets.ResolveFileProvider();
        sources.Insert(index, secrets);
    }

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
