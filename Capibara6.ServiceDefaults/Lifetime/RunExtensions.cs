using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

/// <summary>A service's life, from start to end.</summary>
public static class RunExtensions
{
    /// <summary>
    /// Runs until it is asked to stop. Asked while it still starts, it ends as cleanly: the host breaks off its start with an
    /// exception, which as the process's last word would be a crash (exit code 134). Background work that failed and so ended the
    /// process is told by exit code 1; the host itself would say 0.
    /// </summary>
    public static void RunUntilStopped(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var stopping = app.Lifetime.ApplicationStopping;
        BackgroundService[] background = [];
        using var _ = stopping.Register(() => background = [.. app.Services.GetServices<IHostedService>().OfType<BackgroundService>()]);
        try
        {
            app.Run();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Nothing was begun that could be finished.
        }

        if (Array.Exists(background, static work => work.ExecuteTask is { IsFaulted: true }) && Environment.ExitCode == 0)
        {
            Environment.ExitCode = 1;
        }
    }
}
