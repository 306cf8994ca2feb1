using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>Copies the logs of resources to the application's own log, under <c>{AppHost}.Resources.{instance}</c>.</summary>
internal static class ResourceLogForwarding
{
    public static void Start(ResourceLoggerService loggers, ILoggerFactory factory, string applicationName)
    {
        var targets = new ConcurrentDictionary<string, ILogger>(StringComparer.Ordinal);
        loggers.LineWritten = (resourceId, line) =>
        {
            var target = targets.GetOrAdd(resourceId, id => factory.CreateLogger($"{applicationName}.Resources.{id}"));
            if (line.IsErrorMessage)
            {
                ForwardingLog.Error(target, line.LineNumber, line.Content);
            }
            else
            {
                ForwardingLog.Output(target, line.LineNumber, line.Content);
            }
        };
    }
}

internal static partial class ForwardingLog
{
    [LoggerMessage(1, LogLevel.Information, "{LineNumber}: {Line}")]
    public static partial void Output(ILogger logger, int lineNumber, string line);

    [LoggerMessage(2, LogLevel.Error, "{LineNumber}: {Line}")]
    public static partial void Error(ILogger logger, int lineNumber, string line);
}
