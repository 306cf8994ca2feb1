using System.Diagnostics;
using Aspire.Hosting;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Hosting;

/// <summary>Lets a test take part in the building of an AppHost's model: the diagnostic listener <c>Aspire.Hosting</c>.</summary>
internal static class BuilderEvents
{
    public const string ListenerName = "Aspire.Hosting";
    public const string ConstructingEvent = "DistributedApplicationBuilderConstructing";
    public const string ConstructedEvent = "DistributedApplicationBuilderConstructed";
    public const string BuildingEvent = "DistributedApplicationBuilding";
    public const string BuiltEvent = "DistributedApplicationBuilt";

    // Made anew for each builder: listeners that come and go must see every one of them.
    private static void Write(string name, object payload)
    {
        using var listener = new DiagnosticListener(ListenerName);
        if (listener.IsEnabled() && listener.IsEnabled(name))
        {
            listener.Write(name, payload);
        }
    }

    public static void Constructing(DistributedApplicationOptions options, HostApplicationBuilderSettings settings) =>
        Write(ConstructingEvent, (options, settings));

    public static void Constructed(DistributedApplicationBuilder builder) => Write(ConstructedEvent, builder);

    public static void Building(DistributedApplicationBuilder builder) => Write(BuildingEvent, builder);

    public static void Built(DistributedApplication application) => Write(BuiltEvent, application);
}
