using System.Diagnostics;
using Aspire.Hosting;
using Microsoft.Extensions.Options;

namespace Capibara6.Hosting;

/// <summary>
/// Mistakes in the model and in its environment are for the program's author or user: one line that says what to do, and
/// exit code 1. Everything else keeps its stack trace.
/// </summary>
internal static class ModelErrors
{
    public const int ExitCode = 1;

    private static int s_reporting;

    /// <summary>Covers what is thrown while the model is built, before <see cref="DistributedApplication.Run"/>.</summary>
    public static void ReportUnhandled()
    {
        if (Interlocked.Exchange(ref s_reporting, 1) == 0)
        {
            AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
            {
                if (unhandled.ExceptionObject is Exception exception && Find(exception) is { } error)
                {
                    Write(error);
                    Environment.Exit(ExitCode);
                }
            };
        }
    }

    public static void Write(Exception error) =>
        Console.Error.WriteLine(error.Message.ReplaceLineEndings(" "));

    /// <summary>The mistake in an exception or its causes; null when it is a bug.</summary>
    public static Exception? Find(Exception exception)
    {
        for (var current = exception; current is not null; current = current.InnerException)
        {
            if (current is DistributedApplicationException or OptionsValidationException || IsRefusalOfTheModel(current))
            {
                return current;
            }

            if (current is AggregateException { InnerExceptions.Count: > 1 } several)
            {
                return several.InnerExceptions.Select(Find).FirstOrDefault(error => error is not null);
            }
        }

        return null;
    }

    // A check in this library that refused what it was given; the same types thrown by anything else are bugs.
    private static bool IsRefusalOfTheModel(Exception exception) =>
        exception is ArgumentException or InvalidOperationException or NotSupportedException
        && new StackTrace(exception).GetFrames()
            .Select(frame => frame.GetMethod()?.DeclaringType?.Assembly)
            .FirstOrDefault(assembly => assembly is not null && assembly != typeof(object).Assembly) == typeof(ModelErrors).Assembly;
}
