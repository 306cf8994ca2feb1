using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting
{
    /// <summary>The profiles of a project's <c>launchSettings.json</c>.</summary>
    public sealed class LaunchSettings
    {
        [JsonPropertyName("profiles")]
        public Dictionary<string, LaunchProfile> Profiles { get; set; } = [];
    }

    /// <summary>One way to start a project.</summary>
    [DebuggerDisplay("CommandName = {CommandName}, ApplicationUrl = {ApplicationUrl}")]
    public sealed class LaunchProfile
    {
        [JsonPropertyName("commandName")]
        public string? CommandName { get; set; }

        [JsonPropertyName("commandLineArgs")]
        public string? CommandLineArgs { get; set; }

        [JsonPropertyName("dotnetRunMessages")]
        public bool? DotnetRunMessages { get; set; }

        [JsonPropertyName("launchBrowser")]
        public bool? LaunchBrowser { get; set; }

        [JsonPropertyName("launchUrl")]
        public string? LaunchUrl { get; set; }

        /// <summary>URLs, separated by semicolons.</summary>
        [JsonPropertyName("applicationUrl")]
        public string? ApplicationUrl { get; set; }

        [JsonPropertyName("environmentVariables")]
        public Dictionary<string, string> EnvironmentVariables { get; set; } = [];
    }
}

namespace Capibara6.Hosting.ApplicationModel
{
    using Aspire.Hosting;

    /// <summary>A launch profile and its name.</summary>
    internal sealed record NamedLaunchProfile(string Name, LaunchProfile Profile);

    /// <summary>Finds the launch profile that a project starts with.</summary>
    internal static class LaunchProfiles
    {
        private static readonly JsonSerializerOptions s_json = new() { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

        /// <summary>The profile that was chosen, or the AppHost's own name, or the first one that starts the project; null when there is none.</summary>
        /// <exception cref="DistributedApplicationException">The chosen profile doesn't exist, or the file can't be read.</exception>
        public static NamedLaunchProfile? Find(IResource project)
        {
            if (project.HasAnnotationOfType<ExcludeLaunchProfileAnnotation>()
                || !project.TryGetLastAnnotation<IProjectMetadata>(out var metadata)
                || Read(metadata) is not { } settings)
            {
                return null;
            }

            if (project.TryGetLastAnnotation<LaunchProfileAnnotation>(out var chosen))
            {
                return settings.Profiles.TryGetValue(chosen.LaunchProfileName, out var profile)
                    ? new NamedLaunchProfile(chosen.LaunchProfileName, profile)
                    : throw new DistributedApplicationException($"Launch profile '{chosen.LaunchProfileName}' of project '{project.Name}' does not exist.");
            }

            if (project.TryGetLastAnnotation<DefaultLaunchProfileAnnotation>(out var usual) && settings.Profiles.TryGetValue(usual.LaunchProfileName, out var shared))
            {
                return new NamedLaunchProfile(usual.LaunchProfileName, shared);
            }

            return settings.Profiles.Where(entry => entry.Value.CommandName is null or "" or "Project" or "Executable")
                .Select(entry => new NamedLaunchProfile(entry.Key, entry.Value)).FirstOrDefault();
        }

        /// <summary>The name of the AppHost's own profile, which its projects start with if they have one of that name.</summary>
        public static string? DefaultName(IConfiguration configuration) =>
            AppHostConfiguration.Read(configuration, "AppHost:DefaultLaunchProfileName", "DOTNET_LAUNCH_PROFILE");

        /// <exception cref="DistributedApplicationException">The file can't be read.</exception>
        public static LaunchSettings? Read(IProjectMetadata metadata)
        {
            if (metadata.LaunchSettings is not null)
            {
                return metadata.LaunchSettings;
            }

            var file = Path.Combine(Path.GetDirectoryName(metadata.ProjectPath) ?? string.Empty, "Properties", "launchSettings.json");
            if (!File.Exists(file))
            {
                return null;
            }

            try
            {
                return JsonSerializer.Deserialize<LaunchSettings>(File.ReadAllText(file), s_json);
            }
            catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
            {
                throw new DistributedApplicationException($"The launch settings {file} can't be read: {exception.Message}", exception);
            }
        }
    }
}
