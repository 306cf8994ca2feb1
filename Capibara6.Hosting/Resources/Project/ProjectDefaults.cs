using System.Net.Sockets;
using System.Xml;
using System.Xml.Linq;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>The endpoints and variables that a project has without being told.</summary>
internal static class ProjectDefaults
{
    public static IResourceBuilder<ProjectResource> WithProjectDefaults(this IResourceBuilder<ProjectResource> builder, ProjectResourceOptions options)
    {
        var application = builder.ApplicationBuilder;
        builder.WithOtlpExporter();
        builder.WithInitialState(new CustomResourceSnapshot
        {
            ResourceType = KnownResourceTypes.Project,
            State = builder.Resource.HasAnnotationOfType<ExplicitStartupAnnotation>() ? KnownResourceStates.NotStarted : null,
            Properties = [new ResourcePropertySnapshot(KnownProperties.Project.Path, ProjectPath(builder.Resource))],
        });
        builder.WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "in_memory");
        var kestrel = options.ExcludeKestrelEndpoints ? [] : KestrelEndpoints(builder);
        builder.Resource.HasKestrelEndpoints = kestrel.Count > 0;
        foreach (var (name, uri, http2) in kestrel)
        {
            builder.WithEndpoint(name, endpoint => Configure(endpoint, uri, application.ExecutionContext.IsRunMode, http2));
        }

        if (application.ExecutionContext.IsRunMode)
        {
            AddRunModeDefaults(builder);
        }
        else
        {
            AddPublishDefaults(builder);
        }

        return builder;
    }

    private static void AddRunModeDefaults(IResourceBuilder<ProjectResource> builder)
    {
        var resource = builder.Resource;
        var profile = LaunchProfiles.Find(resource);
        if (!resource.HasKestrelEndpoints && profile?.Profile.ApplicationUrl is { Length: > 0 } urls)
        {
            AddEndpoints(builder, urls);
        }

        builder.WithEnvironment(context => ProjectEnvironment.SetRunMode(context, resource, profile, builder.ApplicationBuilder.Environment.IsDevelopment()));
    }

    private static void AddEndpoints(IResourceBuilder<ProjectResource> builder, string urls)
    {
        var counts = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // Kestrel's wild cards are no hosts for Uri.
            if (!Uri.TryCreate(url.Replace("://*", "://localhost", StringComparison.Ordinal).Replace("://+", "://localhost", StringComparison.Ordinal), UriKind.Absolute, out var uri))
            {
                throw new DistributedApplicationException($"The launch profile of project '{builder.Resource.Name}' has the URL '{url}', which is invalid.");
            }

            var count = counts[uri.Scheme] = counts.GetValueOrDefault(uri.Scheme) + 1;
            builder.WithEndpoint(count == 1 ? uri.Scheme : uri.Scheme + count, endpoint => Configure(endpoint, uri, withPort: true, http2: false));
        }
    }

    private static void AddPublishDefaults(IResourceBuilder<ProjectResource> builder)
    {
        var resource = builder.Resource;
        if (!resource.HasKestrelEndpoints && IsWebProject(resource))
        {
            builder.WithEndpoint("http", endpoint => endpoint.UriScheme = "http");
            builder.WithEndpoint("https", endpoint =>
            {
                endpoint.UriScheme = "https";
                resource.DefaultHttpsEndpoint = endpoint;
            });
            builder.ApplicationBuilder.OnBeforeStart((_, _) =>
            {
                ShareTargetPort(resource);
                return Task.CompletedTask;
            });
        }

        builder.WithEnvironment(context => ProjectEnvironment.SetPublishMode(context, resource));
    }

    // TLS ends before a deployed project: both endpoints lead to the port on which it listens.
    private static void ShareTargetPort(ProjectResource resource)
    {
        var http = resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(endpoint => endpoint.Name == "http");
        if (resource.DefaultHttpsEndpoint is { TargetPort: null } https && http is not null)
        {
            https.TargetPort = http.TargetPort;
        }
    }

    private static void Configure(EndpointAnnotation endpoint, Uri uri, bool withPort, bool http2)
    {
        endpoint.UriScheme = uri.Scheme;
        endpoint.Protocol = ProtocolType.Tcp;
        endpoint.Port = withPort && uri.Port > 0 ? uri.Port : endpoint.GivenPorts.Port;
        endpoint.TargetHost = uri.Host is "0.0.0.0" or "[::]" ? KnownHostNames.Localhost : uri.Host;
        endpoint.Transport = http2 ? "http2" : "http";
    }

    private static string ProjectPath(ProjectResource resource) =>
        resource.TryGetLastAnnotation<IProjectMetadata>(out var metadata) ? metadata.ProjectPath : string.Empty;

    /// <summary>True for a project that serves HTTP: a web SDK, the ASP.NET Core framework, or a launch profile with a URL.</summary>
    private static bool IsWebProject(ProjectResource resource)
    {
        if (LaunchProfiles.Find(resource)?.Profile.ApplicationUrl is { Length: > 0 } || !File.Exists(ProjectPath(resource)))
        {
            return true;
        }

        try
        {
            var project = XDocument.Load(ProjectPath(resource)).Root!;
            return project.Attribute("Sdk")?.Value.StartsWith("Microsoft.NET.Sdk.Web", StringComparison.OrdinalIgnoreCase) == true
                || project.Descendants().Any(element => element.Name.LocalName is "Sdk" or "FrameworkReference"
                    && ((string?)element.Attribute("Name") ?? (string?)element.Attribute("Include")) is "Microsoft.NET.Sdk.Web" or "Microsoft.AspNetCore.App");
        }
        catch (XmlException exception)
        {
            throw new DistributedApplicationException($"The project file {ProjectPath(resource)} can't be read: {exception.Message}", exception);
        }
    }

    private static List<(string Name, Uri Uri, bool Http2)> KestrelEndpoints(IResourceBuilder<ProjectResource> builder)
    {
        var folder = Path.GetDirectoryName(ProjectPath(builder.Resource));
        if (folder is null || !Directory.Exists(folder))
        {
            return [];
        }

        var settings = new ConfigurationBuilder().SetBasePath(folder)
            .AddJsonFile("appsettings.json", optional: true)
            .AddJsonFile($"appsettings.{builder.ApplicationBuilder.Environment.EnvironmentName}.json", optional: true)
            .Build();
        var defaults = settings["Kestrel:EndpointDefaults:Protocols"];
        var endpoints = new List<(string, Uri, bool)>();
        foreach (var section in settings.GetSection("Kestrel:Endpoints").GetChildren())
        {
            var url = section["Url"]?.Replace("://*", "://localhost", StringComparison.Ordinal).Replace("://+", "://localhost", StringComparison.Ordinal);
            if (Uri.TryCreate(url, UriKind.Absolute, out var uri))
            {
                endpoints.Add((section.Key.ToLowerInvariant(), uri, (section["Protocols"] ?? defaults) is "Http2"));
            }
        }

        return endpoints;
    }
}
