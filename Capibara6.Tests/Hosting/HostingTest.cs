using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Tests.Hosting;

/// <summary>What the tests of the app model share.</summary>
internal static class HostingTest
{
    /// <summary>A builder in run mode. Nothing of the model is started.</summary>
    public static IDistributedApplicationTestingBuilder RunMode(params string[] args)
    {
        var builder = DistributedApplicationTestingBuilder.Create(args);
        builder.Services.AddSingleton<IApplicationOrchestrator, NoOrchestrator>();
        return builder;
    }

    /// <summary>A builder that publishes a manifest.</summary>
    public static IDistributedApplicationTestingBuilder Publish(string outputPath, string publisher = "manifest") =>
        DistributedApplicationTestingBuilder.Create("--publisher", publisher, "--output-path", outputPath);

    /// <summary>Publishes the model, and reads the resources of the manifest.</summary>
    public static async Task<JsonObject> PublishAsync(Action<IDistributedApplicationBuilder> describe, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        await using var builder = Publish(folder.File("manifest.json"));
        describe(builder);
        await using var application = await builder.BuildAsync(cancellationToken);
        await application.RunAsync(cancellationToken);
        return JsonNode.Parse(await File.ReadAllTextAsync(folder.File("manifest.json"), cancellationToken))!["resources"]!.AsObject();
    }

    /// <summary>Gives every endpoint of the resource an address on this machine, from the port on.</summary>
    public static void Allocate(IResource resource, int firstPort)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            EndpointAllocation.Allocate(resource, endpoint, "localhost", firstPort++);
        }
    }

    /// <summary>The variables and arguments that the only instance of a resource would be started with.</summary>
    public static async Task<InstanceConfiguration> ConfigurationAsync(
        DistributedApplication application, IResource resource, CancellationToken cancellationToken, params (string Endpoint, int Port)[] targetPorts)
    {
        var instance = ResourceInstances.Assign(resource)[0];
        return await application.Services.GetRequiredService<ResourceConfigurationEvaluator>().EvaluateAsync(
            resource, instance, targetPorts.ToDictionary(port => port.Endpoint, port => port.Port), cancellationToken);
    }

    private sealed class NoOrchestrator : IApplicationOrchestrator
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
