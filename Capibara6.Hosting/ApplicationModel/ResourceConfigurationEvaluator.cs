using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>What one instance of a resource is started with. Nothing in it waits any more.</summary>
internal sealed record InstanceConfiguration(IReadOnlyDictionary<string, string> Environment, IReadOnlyList<InstanceArgument> Arguments);

/// <param name="IsSensitive">True when a secret is in it: it must not be shown or logged.</param>
internal sealed record InstanceArgument(string Value, bool IsSensitive);

/// <summary>Runs the callbacks of a resource and resolves what they set, for one instance in run mode.</summary>
internal sealed class ResourceConfigurationEvaluator(DistributedApplicationExecutionContext executionContext, ResourceLoggerService loggers)
{
    /// <summary>Stands for the suffix of the instance in values that are made for all instances.</summary>
    public const string InstanceSuffixPlaceholder = "{{instance.suffix}}";

    /// <summary>Resolves environment and arguments. It waits for the endpoints and parameters that the values need.</summary>
    /// <param name="targetPorts">The port that this instance listens on, for each of its endpoints by name.</param>
    /// <exception cref="DistributedApplicationException">A value is missing.</exception>
    public async Task<InstanceConfiguration> EvaluateAsync(
        IResource resource, ResourceInstance instance, IReadOnlyDictionary<string, int> targetPorts, CancellationToken cancellationToken)
    {
        var context = new ValueProviderContext { Caller = resource, ExecutionContext = executionContext };
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in await GetEnvironmentAsync(resource, executionContext, loggers.GetLogger(instance.Id), cancellationToken).ConfigureAwait(false))
        {
            if (await ResolveAsync(value, context, cancellationToken).ConfigureAwait(false) is { } resolved)
            {
                environment[name] = FillIn(resolved, resource, instance, targetPorts);
            }
        }

        var arguments = new List<InstanceArgument>();
        foreach (var value in await GetArgumentsAsync(resource, executionContext, loggers.GetLogger(instance.Id), cancellationToken).ConfigureAwait(false))
        {
            if (await ResolveAsync(value, context, cancellationToken).ConfigureAwait(false) is { } resolved)
            {
                arguments.Add(new InstanceArgument(FillIn(resolved, resource, instance, targetPorts), IsSensitive(value)));
            }
        }

        return new InstanceConfiguration(environment, arguments);
    }

    /// <summary>The variables that the callbacks set, unresolved, in order.</summary>
    public static async Task<Dictionary<string, object>> GetEnvironmentAsync(
        IResource resource, DistributedApplicationExecutionContext executionContext, ILogger logger, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, object>(StringComparer.Ordinal);
        var context = new EnvironmentCallbackContext(executionContext, resource, variables, cancellationToken) { Logger = logger };
        foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray())
        {
            await callback.Callback(context).ConfigureAwait(false);
        }

        return variables;
    }

    /// <summary>The arguments that the callbacks add, unresolved, in order.</summary>
    public static async Task<IList<object>> GetArgumentsAsync(
        IResource resource, DistributedApplicationExecutionContext executionContext, ILogger logger, CancellationToken cancellationToken)
    {
        var arguments = new List<object>();
        var context = new CommandLineArgsCallbackContext(arguments, resource, cancellationToken) { ExecutionContext = executionContext, Logger = logger };
        foreach (var callback in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToArray())
        {
            await callback.Callback(context).ConfigureAwait(false);
        }

        return arguments;
    }

    /// <summary>A value as a text; null when it has none and is left out.</summary>
    public static async Task<string?> ResolveAsync(object? value, ValueProviderContext context, CancellationToken cancellationToken) => value switch
    {
        null => null,
        string text => text,
        IResourceBuilder<IResource> builder => await ResolveAsync(builder.Resource, context, cancellationToken).ConfigureAwait(false),
        IValueProvider provider => await provider.GetValueAsync(context, cancellationToken).ConfigureAwait(false),
        bool flag => flag.ToString(),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new DistributedApplicationException(
            $"Resource '{context.Caller?.Name}' has a value of type {value.GetType().Name}: use a string, or a value that can be resolved."),
    };

    /// <summary>True when a secret parameter is in the value.</summary>
    public static bool IsSensitive(object? value) => value switch
    {
        ParameterResource parameter => parameter.Secret,
        IResourceBuilder<IResource> builder => IsSensitive(builder.Resource),
        IValueWithReferences composed => composed.References.Any(IsSensitive),
        _ => false,
    };

    private static string FillIn(string value, IResource resource, ResourceInstance instance, IReadOnlyDictionary<string, int> targetPorts)
    {
        if (!value.Contains("{{", StringComparison.Ordinal))
        {
            return value;
        }

        var filled = value.Replace(InstanceSuffixPlaceholder, instance.Suffix, StringComparison.Ordinal);
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            if (targetPorts.TryGetValue(endpoint.Name, out var port))
            {
                filled = filled.Replace(
                    EndpointAllocation.TargetPortPlaceholder(resource, endpoint), port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            }
        }

        return filled;
    }
}
