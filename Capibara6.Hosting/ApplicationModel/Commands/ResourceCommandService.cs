using Capibara6.Hosting.ApplicationModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Gives commands to resources.</summary>
public class ResourceCommandService
{
    private readonly DistributedApplicationModel _model;
    private readonly ResourceLoggerService _loggers;
    private readonly IServiceProvider _services;

    internal ResourceCommandService(DistributedApplicationModel model, ResourceLoggerService loggers, IServiceProvider services)
    {
        _model = model;
        _loggers = loggers;
        _services = services;
    }

    /// <summary>Gives a command to one instance, or to all instances of a resource.</summary>
    /// <param name="resourceId">Identifier of an instance, or name of a resource.</param>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resourceId);
        foreach (var resource in _model.Resources)
        {
            if (string.Equals(resource.Name, resourceId, StringComparison.OrdinalIgnoreCase))
            {
                return ExecuteCommandAsync(resource, commandName, cancellationToken);
            }

            if (ResourceInstances.GetIds(resource).Contains(resourceId, StringComparer.OrdinalIgnoreCase))
            {
                return ExecuteAsync(resource, resourceId, commandName, cancellationToken);
            }
        }

        return Task.FromResult(CommandResults.Failure($"Resource '{resourceId}' not found."));
    }

    /// <summary>Gives a command to all instances of a resource.</summary>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var ids = ResourceInstances.GetIds(resource);
        var results = await Task.WhenAll(ids.Select(id => ExecuteAsync(resource, id, commandName, cancellationToken))).ConfigureAwait(false);
        if (results.Length == 1 || results.All(result => result.Success))
        {
            return results[0];
        }

        if (results.All(result => result.Success || result.Canceled))
        {
            return CommandResults.Canceled();
        }

        var failures = ids.Zip(results).Where(pair => !pair.Second.Success).Select(pair => $"{pair.First}: {pair.Second.Message}");
        return CommandResults.Failure($"{results.Count(result => !result.Success)} of {results.Length} instances failed. {string.Join("; ", failures)}");
    }

    private async Task<ExecuteCommandResult> ExecuteAsync(IResource resource, string id, string commandName, CancellationToken cancellationToken)
    {
        var command = resource.Annotations.OfType<ResourceCommandAnnotation>()
            .LastOrDefault(candidate => string.Equals(candidate.Name, commandName, StringComparison.Ordinal));
        if (command is null)
        {
            return CommandResults.Failure($"Command '{commandName}' is not available for resource '{resource.Name}'.");
        }

        var logger = _loggers.GetLogger(id);
        CommandLog.Executing(logger, commandName);
        try
        {
            var result = await command.ExecuteCommand(new ExecuteCommandContext
            {
                ServiceProvider = _services,
                ResourceName = id,
                CancellationToken = cancellationToken,
                Logger = logger,
            }).ConfigureAwait(false);
            CommandLog.Executed(logger, commandName, result.Success ? "succeeded" : result.Canceled ? "was canceled" : "failed", result.Message);
            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return CommandResults.Canceled();
        }
        catch (Exception exception)
        {
            // A command is code of the program's author: whatever it throws is the command's failure, not the host's.
            CommandLog.Threw(logger, commandName, exception);
            return CommandResults.Failure(exception);
        }
    }
}
