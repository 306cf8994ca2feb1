namespace Capibara6.ServiceDefaults.Health;

/// <summary>Tags of health checks.</summary>
public static class HealthTags
{
    /// <summary>Checks of the process alone, answered at <c>/alive</c>. A failing one gets the process restarted, so no dependency belongs here.</summary>
    public const string Live = "live";
}
