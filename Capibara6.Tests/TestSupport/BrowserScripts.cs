using System.Diagnostics;

namespace Capibara6.Tests;

/// <summary>Scripts of Node.js that look at pages in a browser.</summary>
internal static class BrowserScripts
{
    /// <summary>The browser of this machine; null when there is none.</summary>
    public static string? Chromium() => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .SelectMany(static folder => new[] { "chromium", "chromium-browser", "google-chrome" }, Path.Combine)
        .FirstOrDefault(File.Exists);

    /// <summary>The argument that has a script take the pictures of the documents anew; none unless CAPIBARA6_REFRESH_SCREENSHOTS is 1.</summary>
    public static string[] Pictures() => Environment.GetEnvironmentVariable("CAPIBARA6_REFRESH_SCREENSHOTS") == "1"
        ? [Directory.CreateDirectory(Path.Combine(Repository.Root, "docs", "images")).FullName]
        : [];

    /// <summary>What the program says; a failure of it is the test's.</summary>
    public static async Task<string> RunAsync(string folder, string program, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        var text = await output + await errors;
        Assert.AreEqual(0, process.ExitCode, text);
        return text;
    }
}
