using Aspire.Hosting;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Capibara6.Hosting.LocalServers.Programs;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Hosting.LocalServers;

/// <summary>
/// What comes before anything starts. A subscriber is asked for its subscriptions when the model is whole and Aspire has not counted replicas and
/// containers yet, which is the only moment at which both can be changed.
/// </summary>
internal sealed class RunPreparation(IDistributedApplicationBuilder builder, IServiceProvider services) : IDistributedApplicationEventingSubscriber
{
    public async Task SubscribeAsync(
        IDistributedApplicationEventing eventing, DistributedApplicationExecutionContext executionContext, CancellationToken cancellationToken)
    {
        Guardian.MarkChildren();
        var settings = RunSettings.Read(builder.Configuration);
        Parameters.EnsureValues(builder.Resources);
        Replicas.Apply(builder.Resources, settings.Replicas);
        EndpointPorts.MoveAndCheck(builder.Resources, builder.Configuration, services);
        await services.GetRequiredService<ServerPlacement>().PlaceAsync(builder, services, settings, cancellationToken).ConfigureAwait(false);
    }
}
