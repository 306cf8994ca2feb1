using Aspire.Hosting.Publishing;
using Capibara6.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The variables and arguments of a resource, for tests of a model.</summary>
public static class ResourceValuesExtensions
{
    /// <summary>The variables: resolved for run mode, as expressions for publish mode.</summary>
    public static async ValueTask<Dictionary<string, string>> GetEnvironmentVariableValuesAsync(
        this IResourceWithEnvironment resource, DistributedApplicationOperation applicationOperation = DistributedApplicationOperation.Run)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var context = new DistributedApplicationExecutionContext(applicationOperation);
        var variables = await ResourceConfigurationEvaluator.GetEnvironmentAsync(resource, context, NullLogger.Instance, CancellationToken.None).ConfigureAwait(false);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in variables)
        {
            if (await ValueAsync(value, resource, context).ConfigureAwait(false) is { } text)
            {
                values[name] = text;
            }
        }

        return values;
    }

    /// <summary>The arguments: resolved for run mode, as expressions for publish mode.</summary>
    public static async ValueTask<string[]> GetArgumentValuesAsync(
        this IResourceWithArgs resource, DistributedApplicationOperation applicationOperation = DistributedApplicationOperation.Run)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var context = new DistributedApplicationExecutionContext(applicationOperation);
        var values = new List<string>();
        foreach (var value in await ResourceConfigurationEvaluator.GetArgumentsAsync(resource, context, NullLogger.Instance, CancellationToken.None).ConfigureAwait(false))
        {
            if (await ValueAsync(value, resource, context).ConfigureAwait(false) is { } text)
            {
                values.Add(text);
            }
        }

        return [.. values];
    }

    private static async Task<string?> ValueAsync(object value, IResource resource, DistributedApplicationExecutionContext context) =>
        context.IsPublishMode
            ? ManifestPublishingContext.Expression(value)
            : await ResourceConfigurationEvaluator.ResolveAsync(
                value, new ValueProviderContext { Caller = resource, ExecutionContext = context }, CancellationToken.None).ConfigureAwait(false);
}
