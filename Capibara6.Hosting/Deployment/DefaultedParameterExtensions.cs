using Aspire.Hosting.Publishing;

namespace Capibara6.Hosting.Deployment;

/// <summary>Parameters that have a value, which whoever runs or publishes can change.</summary>
public static class DefaultedParameterExtensions
{
    /// <summary>
    /// Adds a parameter: what the configuration says (<c>--Parameters:{name}=…</c>), else this value. With Aspire's
    /// own <c>AddParameter(name, value)</c> the value stands, whatever the configuration says.
    /// </summary>
    public static IResourceBuilder<ParameterResource> AddDefaultedParameter(this IDistributedApplicationBuilder builder, string name, string value, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(value);
        return builder.AddParameter(name, new ValueDefault(value), secret);
    }

    private sealed class ValueDefault(string value) : ParameterDefault
    {
        public override string GetDefaultValue() => value;

        public override void WriteToManifest(ManifestPublishingContext context) => context.Writer.WriteString("value", value);
    }
}
