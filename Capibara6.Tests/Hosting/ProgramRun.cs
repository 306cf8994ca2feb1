using System.Diagnostics;

namespace Capibara6.Tests.Hosting;

/// <summary>A program that ran to its end.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    public static async Task<ProgramRun> ExecuteAsync(
        string program, IEnumerable<string> arguments, string workingDirectory, CancellationToken cancellationToken, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new ProgramRun(process.ExitCode, await output, await error);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Runs the AppHost that the tests were built with.</summary>
    public static Task<ProgramRun> AppHostAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var program = Path.Combine(Repository.Root, "artifacts", "bin", "Capibara6.AppHost", configuration, "Capibara6.AppHost.dll");
        return ExecuteAsync("dotnet", [program, .. arguments], Path.Combine(Repository.Root, "Capibara6.AppHost"), cancellationToken);
    }
}
