using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>Before anything starts: a parameter that a resource refers to must have a value.</summary>
internal sealed class MissingParameterCheck : IDistributedApplicationEventingSubscriber
{
    public Task SubscribeAsync(IDistributedApplicationEventing eventing, DistributedApplicationExecutionContext executionContext, CancellationToken cancellationToken)
    {
        eventing.Subscribe<BeforeStartEvent>((started, _) =>
        {
            Check(started.Model);
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }

    private static void Check(DistributedApplicationModel model)
    {
        var referenced = model.Resources.SelectMany(resource => resource.Annotations.OfType<ResourceRelationshipAnnotation>())
            .Select(relationship => relationship.Resource.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var missing = new List<MissingParameterValueException>();
        foreach (var parameter in model.Resources.OfType<ParameterResource>().Where(parameter => referenced.Contains(parameter.Name)))
        {
            try
            {
                parameter.ReadValue();
            }
            catch (MissingParameterValueException exception)
            {
                missing.Add(exception);
            }
        }

        if (missing.Count > 0)
        {
            throw new MissingParameterValueException(string.Join(" ", missing.Select(exception => exception.Message)), missing[0]);
        }
    }
}
