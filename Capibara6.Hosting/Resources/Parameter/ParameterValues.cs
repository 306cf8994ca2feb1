using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>Reads the values of parameters.</summary>
internal static partial class ParameterValues
{
    /// <summary>The configured value; hyphens in the key may be underscores there, as variables can't have hyphens.</summary>
    public static string? TryRead(IConfiguration configuration, string key) =>
        configuration[key] ?? (key.Contains('-', StringComparison.Ordinal) ? configuration[key.Replace('-', '_')] : null);

    /// <exception cref="MissingParameterValueException">There is neither a configured value nor a default.</exception>
    public static string Read(IConfiguration configuration, string name, ParameterDefault? parameterDefault, string key, bool isConnectionString = false)
    {
        if (TryRead(configuration, key) is { } configured)
        {
            return configured;
        }

        if (parameterDefault is not null)
        {
            return parameterDefault.GetDefaultValue();
        }

        var what = isConnectionString ? "Connection string parameter resource" : "Parameter resource";
        throw new MissingParameterValueException(
            $"{what} '{name}' could not be used because configuration key '{key}' is missing and the parameter has no default value. "
            + $"Set it with the environment variable {key.Replace(":", "__", StringComparison.Ordinal).Replace('-', '_')}, "
            + $"with dotnet user-secrets set \"{key}\", or with --{key}=VALUE.");
    }

    /// <summary>Shows whether the parameter has a value.</summary>
    public static async Task ShowAsync(ParameterResource parameter, InitializeResourceEvent initialize)
    {
        ResourceStateSnapshot state;
        ResourcePropertySnapshot value;
        try
        {
            value = new ResourcePropertySnapshot(KnownProperties.ParameterValue, parameter.ReadValue()) { IsSensitive = parameter.Secret };
            state = new ResourceStateSnapshot(KnownResourceStates.Running, KnownResourceStateStyles.Success);
        }
        catch (MissingParameterValueException exception)
        {
            value = new ResourcePropertySnapshot(KnownProperties.ParameterValue, string.Empty) { IsSensitive = parameter.Secret };
            state = new ResourceStateSnapshot(KnownResourceStates.ValueMissing, KnownResourceStateStyles.Warn);
            Missing(initialize.Logger, exception.Message);
        }

        await initialize.Notifications.PublishUpdateAsync(parameter, snapshot => snapshot with
        {
            State = state,
            Properties = [.. snapshot.Properties.Where(property => property.Name != value.Name), value],
        }).ConfigureAwait(false);
    }

    [LoggerMessage(1, LogLevel.Warning, "{Message}")]
    private static partial void Missing(ILogger logger, string message);
}

/// <summary>A default that is kept in the user secrets once it was made.</summary>
internal sealed class PersistedParameterDefault(IUserSecretsManager secrets, string name, ParameterDefault inner) : ParameterDefault
{
    public override string GetDefaultValue()
    {
        var value = inner.GetDefaultValue();
        secrets.TrySetSecret($"Parameters:{name}", value);
        return value;
    }

    public override void WriteToManifest(ManifestPublishingContext context) => inner.WriteToManifest(context);
}

/// <summary>A parameter seen as a resource with a connection string: same name, same annotations.</summary>
internal sealed class ConnectionStringParameter(ParameterResource parameter, string? environmentVariable) : IResourceWithConnectionString
{
    public string Name => parameter.Name;

    public ResourceAnnotationCollection Annotations => parameter.Annotations;

    public string? ConnectionStringEnvironmentVariable => environmentVariable;

    public ReferenceExpression ConnectionStringExpression { get; } = ReferenceExpression.Create($"{parameter}");

    /// <summary>The parameter behind it.</summary>
    public ParameterResource Parameter => parameter;
}
