using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Publishing;
using Capibara6.Hosting.Publishing.Compose;
using Capibara6.Hosting.Publishing.Kubernetes;
using Capibara6.Tests.Hosting.Publishing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Capibara6.Tests.Hosting;

/// <summary>What the tests of publishing share: a model that is described in a test, and its output.</summary>
internal static class HostingTest
{
    public static Task<IReadOnlyDictionary<string, string>> KubernetesAsync(
        Action<IDistributedApplicationBuilder> describe, CancellationToken cancellationToken, params string[] args) =>
        ReadAsync(new KubernetesPublisher(), describe, args, cancellationToken);

    public static Task<IReadOnlyDictionary<string, string>> ComposeAsync(
        Action<IDistributedApplicationBuilder> describe, CancellationToken cancellationToken, params string[] args) =>
        ReadAsync(new ComposePublisher(), describe, args, cancellationToken);

    /// <summary>Publishes a model to a folder, as the step of the pipeline does.</summary>
    public static async Task PublishAsync(
        IPublisher publisher, string folder, Action<IDistributedApplicationBuilder> describe, CancellationToken cancellationToken, ILogger? logger = null,
        params string[] args)
    {
        var builder = DistributedApplication.CreateBuilder(
            new DistributedApplicationOptions { Args = ["--publisher", publisher.Name, .. args], DisableDashboard = true });
        builder.AddKubernetesPublisher().AddComposePublisher();
        describe(builder);
        await using var application = builder.Build();
        var model = application.Services.GetRequiredService<DistributedApplicationModel>();
        await PublishingBuilderExtensions.WriteAsync(
            publisher, model, builder.ExecutionContext, logger ?? NullLogger.Instance, folder, Repository.Root, cancellationToken);
    }

    private static async Task<IReadOnlyDictionary<string, string>> ReadAsync(
        IPublisher publisher, Action<IDistributedApplicationBuilder> describe, string[] args, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        await PublishAsync(publisher, folder.File("out"), describe, cancellationToken, args: args);
        return PublishedAppHost.Read(folder.File("out"));
    }
}
