using Microsoft.Extensions.Logging;

namespace Capibara6.Tests.Core.Sandbox;

/// <summary>A recorder in the shape of one class's logger.</summary>
internal sealed class LoggerOf<T>(LogRecorder recorder) : ILogger<T>
{
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        recorder.Log(logLevel, eventId, state, exception, formatter);

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}
