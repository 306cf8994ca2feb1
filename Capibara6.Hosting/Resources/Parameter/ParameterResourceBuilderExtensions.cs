using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds parameters and connection strings that are given from outside.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a parameter read from <c>Parameters:{name}</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddParameter(name, null, secret, $"Parameters:{name}");

    /// <summary>Adds a parameter with a value that configuration overrides.</summary>
    /// <param name="publishValueAsDefault">True to publish the value as the default; not for secrets.</param>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        return builder.AddParameter(name, () => value, publishValueAsDefault, secret);
    }

    /// <inheritdoc cref="AddParameter(IDistributedApplicationBuilder, string, string, bool, bool)"/>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(valueGetter);
        if (publishValueAsDefault && secret)
        {
            throw new ArgumentException($"Parameter '{name}' can't be secret and publish its value as the default.", nameof(secret));
        }

        var publishedDefault = publishValueAsDefault ? new ConstantParameterDefault(valueGetter) : null;
        return builder.Add(new ParameterResource(
            name, _ => ParameterValues.TryRead(builder.Configuration, $"Parameters:{name}") ?? valueGetter(), secret) { Default = publishedDefault });
    }

    /// <summary>Adds a parameter with a default that is made when it is needed.</summary>
    /// <param name="persist">True to keep the value in the user secrets, so that the next run has the same.</param>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(value);
        var kept = persist && builder.ExecutionContext.IsRunMode ? new PersistedParameterDefault(builder.UserSecretsManager, name, value) : value;
        return builder.AddParameter(name, kept, secret, $"Parameters:{name}");
    }

    /// <summary>Adds a parameter read from a key of one's own.</summary>
    public static IResourceBuilder<ParameterResource> AddParameterFromConfiguration(
        this IDistributedApplicationBuilder builder, string name, string configurationKey, bool secret = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(configurationKey);
        return builder.AddParameter(name, null, secret, configurationKey);
    }

    public static IResourceBuilder<ParameterResource> WithDescription(
        this IResourceBuilder<ParameterResource> builder, string description, bool enableMarkdown = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Resource.Description = description;
        builder.Resource.EnableDescriptionMarkdown = enableMarkdown;
        return builder;
    }

    /// <summary>Adds a connection string read from <c>ConnectionStrings:{name}</c>.</summary>
    /// <param name="environmentVariableName">Variable to inject it as; null for <c>ConnectionStrings__{name}</c>.</param>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var key = $"ConnectionStrings:{name}";
        var parameter = builder.Add(new ParameterResource(
            name, parameterDefault => ParameterValues.Read(builder.Configuration, name, parameterDefault, key, isConnectionString: true), secret: true)
        {
            IsConnectionString = true,
            ConfigurationKey = key,
        });
        return builder.CreateResourceBuilder(new ConnectionStringParameter(parameter.Resource, environmentVariableName));
    }

    /// <summary>Replaces the resource by a connection string when the application is published.</summary>
    [Obsolete("It is for the manifest only.")]
    public static IResourceBuilder<T> PublishAsConnectionString<T>(this IResourceBuilder<T> builder)
        where T : ContainerResource, IResourceWithConnectionString
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithManifestPublishingCallback(context =>
        {
            context.Writer.WriteString("type", "parameter.v0");
            context.Writer.WriteString("connectionString", $"{{{builder.Resource.Name}.value}}");
            context.WriteParameterInput(builder.Resource.Name, secret: true, null);
        });
    }

    /// <summary>A secret parameter with a generated value that the next run finds again. It is not added to the model.</summary>
    public static ParameterResource CreateDefaultPasswordParameter(
        IDistributedApplicationBuilder builder, string name, bool lower = true, bool upper = true, bool numeric = true, bool special = true,
        int minLower = 0, int minUpper = 0, int minNumeric = 0, int minSpecial = 0) =>
        CreateGeneratedParameter(builder, name, secret: true, new GenerateParameterDefault
        {
            MinLength = 22,
            Lower = lower,
            Upper = upper,
            Numeric = numeric,
            Special = special,
            MinLower = minLower,
            MinUpper = minUpper,
            MinNumeric = minNumeric,
            MinSpecial = minSpecial,
        });

    /// <inheritdoc cref="CreateDefaultPasswordParameter"/>
    public static ParameterResource CreateGeneratedParameter(
        IDistributedApplicationBuilder builder, string name, bool secret, GenerateParameterDefault parameterDefault)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(parameterDefault);
        ParameterDefault kept = builder.ExecutionContext.IsRunMode
            ? new PersistedParameterDefault(builder.UserSecretsManager, name, parameterDefault)
            : parameterDefault;
        var key = $"Parameters:{name}";
        return new ParameterResource(name, given => ParameterValues.Read(builder.Configuration, name, given, key), secret) { Default = kept, ConfigurationKey = key };
    }

    private static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault? parameterDefault, bool secret, string key)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new ParameterResource(name, given => ParameterValues.Read(builder.Configuration, name, given, key), secret)
        {
            Default = parameterDefault,
            ConfigurationKey = key,
        });
    }

    private static IResourceBuilder<ParameterResource> Add(this IDistributedApplicationBuilder builder, ParameterResource parameter)
    {
        var added = builder.AddResource(parameter).WithInitialState(new CustomResourceSnapshot
        {
            ResourceType = KnownResourceTypes.Parameter,
            State = KnownResourceStates.Waiting,
            Properties = [new ResourcePropertySnapshot(KnownProperties.Resource.Source, parameter.ConfigurationKey)],
        });
        return added.OnInitializeResource(static (resource, initialize, token) => ParameterValues.ShowAsync(resource, initialize));
    }
}
