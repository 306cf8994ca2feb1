using Aspire.Hosting.Pipelines;
using Capibara6.Hosting.Deployment.Servers;
using Capibara6.Hosting.Publishing.Compose;
using Capibara6.Hosting.Publishing.Kubernetes;

namespace Capibara6.Hosting.Publishing;

/// <summary>
/// Publishes the model as files that are complete. Each publisher is a step of Aspire's pipeline, <c>publish-{name}</c>, that
/// <c>aspire publish</c> runs; <c>dotnet run -- --publisher {name}</c> runs it alone, without the tool.
/// </summary>
public static class PublishingBuilderExtensions
{
    private const string PublisherKey = "Publishing:Publisher";
    private const string StepKey = "Pipeline:Step";
    private const string BackchannelKey = "ASPIRE_BACKCHANNEL_PATH";
    private const string OutputPathKey = "Pipeline:OutputPath";

    /// <summary>Adds the publisher <c>kubernetes</c>: a kustomize tree with everything that a production cluster wants to see.</summary>
    public static IDistributedApplicationBuilder AddKubernetesPublisher(this IDistributedApplicationBuilder builder) =>
        Add(builder, new KubernetesPublisher());

    /// <summary>Adds the publisher <c>docker-compose</c>: a Compose file with a proxy, health checks, secrets from files and separate networks.</summary>
    public static IDistributedApplicationBuilder AddComposePublisher(this IDistributedApplicationBuilder builder) =>
        Add(builder, new ComposePublisher());

    private static IDistributedApplicationBuilder Add(IDistributedApplicationBuilder builder, IPublisher publisher)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ExpectedErrors.OneLineEach();
        CommandLineCheck.Check();
        if (!builder.ExecutionContext.IsPublishMode)
        {
            return builder;
        }

        if (!builder.Services.Any(static service => service.ServiceType == typeof(IPublisher)))
        {
            builder.Eventing.Subscribe<BeforeStartEvent>(static (started, _) => CheckPublisher(started.Services));
            builder.Services.AddSingleton<RunFailure>();
            builder.Services.AddSingleton<IServerDescription, PostgresDescription>();
            builder.Services.AddSingleton<IServerDescription, RedisDescription>();
        }

        var step = $"publish-{publisher.Name}";
        builder.Services.AddSingleton(publisher);
        builder.Pipeline.AddStep(
            step, context => PublishAsync(publisher, builder.AppHostDirectory, context), requiredBy: WellKnownPipelineSteps.Publish);
        if (string.Equals(builder.Configuration[PublisherKey], publisher.Name, StringComparison.OrdinalIgnoreCase)
            && string.IsNullOrEmpty(builder.Configuration[StepKey]))
        {
            builder.Configuration[StepKey] = step;
        }

        return builder;
    }

    /// <summary>Aspire runs every step there is for a publisher that it doesn't know.</summary>
    private static Task CheckPublisher(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        string[] names = [.. services.GetServices<IPublisher>().Select(static publisher => publisher.Name).Append("manifest").Order(StringComparer.Ordinal)];
        return configuration[PublisherKey] is { Length: > 0 } name && !names.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? throw new DistributedApplicationException($"The publisher '{name}' is unknown: use one of {string.Join(", ", names)}.")
            : Task.CompletedTask;
    }

    private static async Task PublishAsync(IPublisher publisher, string folder, PipelineStepContext context)
    {
        var configuration = context.Services.GetRequiredService<IConfiguration>();
        var given = configuration[OutputPathKey];
        // A folder that is meant for all publishers has one for each.
        var isAlone = configuration[StepKey] == $"publish-{publisher.Name}";
        var place = given is { Length: > 0 } && !isAlone ? Path.Combine(given, publisher.Name) : given;
        try
        {
            var path = await WriteAsync(publisher, context.Model, context.ExecutionContext, context.Logger, place, folder, context.CancellationToken);
            context.Summary.Add(publisher.Name, path);
        }
        catch (DistributedApplicationException refused) when (string.IsNullOrEmpty(configuration[BackchannelKey]))
        {
            // The tool that listens there shows the error itself; without it, one line says more than a stack of frames.
            context.Services.GetRequiredService<RunFailure>().End(refused.Message);
        }
    }

    /// <returns>The full path of what was written.</returns>
    /// <exception cref="DistributedApplicationException">The model or the place is refused, and nothing was written.</exception>
    internal static async Task<string> WriteAsync(
        IPublisher publisher, DistributedApplicationModel model, DistributedApplicationExecutionContext execution, ILogger logger, string? place,
        string folder, CancellationToken cancellationToken)
    {
        var output = PublishingOutput.For(publisher, place, folder);
        await output.WriteAsync(path => publisher.PublishAsync(
            model, new PublishingTarget(path, output.FinalPath, folder, execution, execution.Services, logger), cancellationToken));
        return output.FinalPath;
    }
}
