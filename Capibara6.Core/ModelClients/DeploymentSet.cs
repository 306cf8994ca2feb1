namespace Capibara6.Core.ModelClients;

/// <summary>A model and the deployments that serve it.</summary>
internal sealed class DeploymentSet(ModelDescription model, IReadOnlyList<Deployment> deployments, string? fallback)
{
    public ModelDescription Model { get; } = model;

    public IReadOnlyList<Deployment> All { get; } = deployments;

    /// <summary>Id of the model that answers when this one can't; null for nobody.</summary>
    public string? Fallback { get; } = fallback;

    /// <summary>
    /// Whom to ask: of those that are well and were not tried yet, one of the first priority, at random by weight. When none
    /// is left, the first of all, so that its breaker decides.
    /// </summary>
    public Deployment Pick(long now, IReadOnlyCollection<Deployment> tried)
    {
        if (All.Count == 1)
        {
            return All[0];
        }

        var priority = int.MaxValue;
        var weights = 0;
        foreach (var deployment in All)
        {
            if (!IsFree(deployment, now, tried) || deployment.Priority > priority)
            {
                continue;
            }

            weights = deployment.Priority < priority ? deployment.Weight : weights + deployment.Weight;
            priority = deployment.Priority;
        }

        var drawn = weights > 0 ? Random.Shared.Next(weights) : 0;
        foreach (var deployment in All)
        {
            if (IsFree(deployment, now, tried) && deployment.Priority == priority && (drawn -= deployment.Weight) < 0)
            {
                return deployment;
            }
        }

        return All.FirstOrDefault(deployment => !tried.Contains(deployment)) ?? All[0];
    }

    /// <summary>Whether another deployment can be asked at once.</summary>
    public bool HasOther(long now, IReadOnlyCollection<Deployment> tried) => All.Any(deployment => IsFree(deployment, now, tried));

    private static bool IsFree(Deployment deployment, long now, IReadOnlyCollection<Deployment> tried) =>
        !deployment.IsCool(now) && !tried.Contains(deployment);
}
