using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Capibara6.Hosting.LocalServers.Programs;

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
        EnsureValues(builder.Resources);
        foreach (var resource in builder.Resources.Where(_ => settings.Replicas == ReplicaMode.One))
        {
            // WithReplicas is for deployment: here one of each does, unless the run shall be like it.
            foreach (var replicas in resource.Annotations.OfType<ReplicaAnnotation>().ToList())
            {
                resource.Annotations.Remove(replicas);
            }
        }

        EndpointPorts.MoveAndCheck(builder.Resources, builder.Configuration, services);
        await services.GetRequiredService<ServerPlacement>().PlaceAsync(builder, services, settings, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A parameter without a value ends the run before it begins: what needs it would wait for ever.</summary>
    /// <exception cref="DistributedApplicationException">One has none; the message says how to give it.</exception>
    private static void EnsureValues(IEnumerable<IResource> resources)
    {
        foreach (var parameter in resources.OfType<ParameterResource>())
        {
            var section = parameter.IsConnectionString ? "ConnectionStrings" : "Parameters";
            try
            {
                // Before the start it is read from where it is at once.
                _ = parameter.GetValueAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
            }
            catch (MissingParameterValueException error)
            {
                throw new DistributedApplicationException(
                    $"Parameter '{parameter.Name}' has no value. Set it with the environment variable {section}__{parameter.Name.Replace('-', '_')}, "
                    + $"with --{section}:{parameter.Name}=<value>, or in the AppHost's user secrets.", error);
            }
        }
    }
}
