using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Lifecycle;
using Capibara6.Hosting.LocalServers;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Tests.Hosting.LocalServers;

/// <summary>Applications of no relation to Capibara6, in run mode, without containers.</summary>
internal static class LocalRun
{
    public const string Password = "it's \"quoted\" $HOME é";

    public static IDistributedApplicationBuilder Create(params string[] args)
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = ["--infrastructure", "local", "--DcpPublisher:RandomizePorts=true", "--DcpPublisher:ContainerRuntime=docker", .. args],
            AssemblyName = "Capibara6.AppHost", // which knows where the orchestrator is
            DisableDashboard = true,
        });
        builder.Services.AddHttpClient();
        return builder.AddLocalServers();
    }

    /// <summary>A password that is not written to anybody's user secrets.</summary>
    public static IResourceBuilder<ParameterResource> Secret(IDistributedApplicationBuilder builder, string value = Password) =>
        builder.AddParameter("secret", value, secret: true);

    /// <summary>Does what comes before anything starts, and nothing more; what it prepares goes with it.</summary>
    public static async Task PrepareAsync(IDistributedApplicationBuilder builder, CancellationToken cancellationToken)
    {
        await using var application = builder.Build();
        var preparation = application.Services.GetServices<IDistributedApplicationEventingSubscriber>().OfType<RunPreparation>().Single();
        await preparation.SubscribeAsync(
            application.Services.GetRequiredService<Aspire.Hosting.Eventing.IDistributedApplicationEventing>(),
            application.Services.GetRequiredService<DistributedApplicationExecutionContext>(), cancellationToken);
    }

    public static async Task<string> FailsAsync(IDistributedApplicationBuilder builder, CancellationToken cancellationToken)
    {
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => PrepareAsync(builder, cancellationToken));
        Assert.DoesNotContain(Password, error.Message);
        return error.Message;
    }
}
