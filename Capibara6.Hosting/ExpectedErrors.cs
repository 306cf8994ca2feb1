using Microsoft.Extensions.Hosting;

namespace Capibara6.Hosting;

/// <summary>What a user can put right is one line on the error stream and exit code 1; a stack trace would hide what to do.</summary>
internal static class ExpectedErrors
{
    private static int s_registered;

    public static void OneLineEach()
    {
        if (Interlocked.Exchange(ref s_registered, 1) == 0)
        {
            AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
            {
                var error = unhandled.ExceptionObject is AggregateException { InnerExceptions: [var only] } ? only : unhandled.ExceptionObject;
                if (error is DistributedApplicationException expected)
                {
                    Console.Error.WriteLine(expected.Message);
                    Environment.Exit(1);
                }
            };
        }
    }
}

/// <summary>An expected error that shows only when the application runs: it ends the run the same way.</summary>
internal sealed class RunFailure(IHostApplicationLifetime lifetime)
{
    private int _ended;

    public void End(string message)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            Console.Error.WriteLine(message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }
}
