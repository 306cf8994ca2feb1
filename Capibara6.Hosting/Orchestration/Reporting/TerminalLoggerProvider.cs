using System.Text;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration.Reporting;

/// <summary>Writes log messages as the console logger does, but through the writer that also draws the table.</summary>
internal sealed class TerminalLoggerProvider(RunConsole console) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new TerminalLogger(categoryName, console);

    public void Dispose()
    {
    }

    private sealed class TerminalLogger(string category, RunConsole console) : ILogger
    {
        private const string Indentation = "      ";

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = new StringBuilder()
                .Append(NameOf(logLevel)).Append(": ").Append(category).Append('[').Append(eventId.Id).Append(']').AppendLine()
                .Append(Indentation).Append(formatter(state, exception).ReplaceLineEndings(Environment.NewLine + Indentation));
            if (exception is not null)
            {
                text.AppendLine().Append(Indentation).Append(exception.ToString().ReplaceLineEndings(Environment.NewLine + Indentation));
            }

            console.WriteLine(text.ToString());
        }

        private static string NameOf(LogLevel level) => level switch
        {
            LogLevel.Trace => "trce",
            LogLevel.Debug => "dbug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "fail",
            _ => "crit",
        };
    }
}
