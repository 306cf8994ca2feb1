using System.Reflection;
using Aspire.Hosting;
using Capibara6.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Hosting.Testing;

/// <summary>How an application is built in a test: no dashboard, ports by chance, resource logs in the test's log.</summary>
internal static class TestingDefaults
{
    public static void Apply(DistributedApplicationOptions options, HostApplicationBuilderSettings settings, Assembly appHost, string[] args)
    {
        options.DisableDashboard = true;
        options.EnableResourceLogging = true;
        options.AssemblyName = appHost.GetName().Name;
        if (options.Args is null or [])
        {
            options.Args = args;
            settings.Args = AppHostCommandLine.ForHost(args);
        }

        settings.ApplicationName ??= options.AssemblyName;
        settings.Configuration ??= new ConfigurationManager();
        var defaults = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["DcpPublisher:RandomizePorts"] = "true",
            ["DcpPublisher:WaitForResourceCleanup"] = "true",
            ["DcpPublisher:ContainerRuntimeInitializationTimeout"] = "00:00:30",
            ["ASPNETCORE_URLS"] = "http://localhost:8080",
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
        };
        AddLaunchProfile(defaults, options.ProjectDirectory);
        // First of all sources: everything that is said elsewhere counts more.
        ((IConfigurationBuilder)settings.Configuration).Sources.Insert(
            0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = defaults });
    }

    private static void AddLaunchProfile(Dictionary<string, string?> configuration, string? projectDirectory)
    {
        if (projectDirectory is null || LaunchProfiles.Read(new ProjectMetadata(Path.Combine(projectDirectory, "AppHost.csproj"))) is not { } settings)
        {
            return;
        }

        var wanted = Environment.GetEnvironmentVariable("DOTNET_LAUNCH_PROFILE");
        var profile = wanted is not null && settings.Profiles.TryGetValue(wanted, out var named) ? named : settings.Profiles.Values.FirstOrDefault();
        foreach (var (name, value) in profile?.EnvironmentVariables ?? [])
        {
            // Telemetry has nowhere to go without a dashboard.
            if (!name.Contains("OTLP_", StringComparison.OrdinalIgnoreCase))
            {
                configuration[name] = value;
            }
        }

        if (configuration.GetValueOrDefault("DOTNET_ENVIRONMENT") is { } environment)
        {
            configuration[HostDefaults.EnvironmentKey] = environment;
        }
    }
}
