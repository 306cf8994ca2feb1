using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>The parts of connections.</summary>
public static class ConnectionPropertiesExtensions
{
    /// <summary>One property of the connection, such as Host.</summary>
    /// <exception cref="DistributedApplicationException">The connection has no such property.</exception>
    public static ReferenceExpression GetConnectionProperty(this IResourceWithConnectionString resource, string key)
    {
        ArgumentNullException.ThrowIfNull(resource);
        foreach (var (name, value) in resource.GetAllConnectionProperties())
        {
            if (string.Equals(name, key, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        throw new DistributedApplicationException($"The connection of resource '{resource.Name}' has no property '{key}'.");
    }

    /// <summary>Adds or replaces a property of the connection.</summary>
    public static IResourceBuilder<T> WithConnectionProperty<T>(this IResourceBuilder<T> builder, string name, ReferenceExpression value)
        where T : IResourceWithConnectionString
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new ConnectionPropertyAnnotation(name, value));
    }

    /// <inheritdoc cref="WithConnectionProperty{T}(IResourceBuilder{T}, string, ReferenceExpression)"/>
    public static IResourceBuilder<T> WithConnectionProperty<T>(this IResourceBuilder<T> builder, string name, string value)
        where T : IResourceWithConnectionString => builder.WithConnectionProperty(name, ReferenceExpression.Create($"{value}"));

    /// <summary>The resource's own properties, with those in place that were added to it.</summary>
    internal static IEnumerable<KeyValuePair<string, ReferenceExpression>> GetAllConnectionProperties(this IResourceWithConnectionString resource)
    {
        var properties = new List<KeyValuePair<string, ReferenceExpression>>(resource.GetConnectionProperties());
        foreach (var added in resource.Annotations.OfType<ConnectionPropertyAnnotation>())
        {
            var property = KeyValuePair.Create(added.Name, added.Value);
            var position = properties.FindIndex(known => string.Equals(known.Key, added.Name, StringComparison.OrdinalIgnoreCase));
            if (position < 0)
            {
                properties.Add(property);
            }
            else
            {
                properties[position] = property;
            }
        }

        return properties;
    }
}
