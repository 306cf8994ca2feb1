using System.Diagnostics;

namespace Capibara6.Hosting.Publishing;

/// <summary>
/// The folder that a publisher's output goes to. It is written beside it first, and swapped in when it is complete, so
/// that a failure leaves the earlier output as it was.
/// </summary>
internal sealed partial class PublishingOutput
{
    /// <summary>The file in an output folder that says which publisher wrote it, and below that which files: others are somebody's own, and stay.</summary>
    public const string MarkerFileName = ".capibara6-publisher";

    private readonly IPublisher _publisher;

    private PublishingOutput(IPublisher publisher, string finalPath)
    {
        _publisher = publisher;
        FinalPath = finalPath;
    }

    public string FinalPath { get; }

    /// <exception cref="DistributedApplicationException">The place belongs to something else.</exception>
    public static PublishingOutput For(IPublisher publisher, string? outputPath, string appHostDirectory)
    {
        var place = string.IsNullOrEmpty(outputPath) ? Path.GetFullPath(publisher.DefaultOutputPath, appHostDirectory) : Path.GetFullPath(outputPath);
        var output = new PublishingOutput(publisher, Path.TrimEndingDirectorySeparator(place));
        try
        {
            output.Recover();
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new DistributedApplicationException($"The output {output.FinalPath} can't be written: {exception.Message}", exception);
        }

        output.CheckPlace();
        return output;
    }

    /// <summary>Puts right what a publish that was killed has left: its half-made output goes, the output that it had moved away comes back.</summary>
    private void Recover()
    {
        var parent = Path.GetDirectoryName(FinalPath)!;
        foreach (var left in Directory.Exists(parent) ? Directory.GetFileSystemEntries(parent, $".{Path.GetFileName(FinalPath)}.*") : [])
        {
            if (Leftover().Match(Path.GetFileName(left)[(Path.GetFileName(FinalPath).Length + 1)..]) is not { Success: true } match
                || IsRunning(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)))
            {
                continue;
            }

            if (match.Groups[2].Value == "old" && !Path.Exists(FinalPath))
            {
                Directory.Move(left, FinalPath);
            }
            else
            {
                TryDelete(left);
            }
        }
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Lets the publisher write, then swaps.</summary>
    /// <exception cref="DistributedApplicationException">The place can't be written.</exception>
    public async Task WriteAsync(Func<string, Task> write)
    {
        var parent = Path.GetDirectoryName(FinalPath)!;
        var staging = Path.Combine(parent, $".{Path.GetFileName(FinalPath)}.{Environment.ProcessId}.new");
        try
        {
            Delete(staging);
            Directory.CreateDirectory(staging);
            await write(staging).ConfigureAwait(false);
            Swap(staging);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new DistributedApplicationException($"The output {FinalPath} can't be written: {exception.Message}", exception);
        }
        finally
        {
            TryDelete(staging);
        }
    }

    private void CheckPlace()
    {
        if (File.Exists(FinalPath))
        {
            throw new DistributedApplicationException($"The output {FinalPath} is a file; give the path of a folder.");
        }

        if (!Directory.Exists(FinalPath) || !Directory.EnumerateFileSystemEntries(FinalPath).Any())
        {
            return;
        }

        var marker = Path.Combine(FinalPath, MarkerFileName);
        if (!File.Exists(marker) || File.ReadLines(marker).FirstOrDefault()?.Trim() != _publisher.Name)
        {
            throw new DistributedApplicationException(
                $"The output folder {FinalPath} has files that the publisher '{_publisher.Name}' did not write: give an empty folder, or empty it.");
        }
    }

    private void Swap(string staging)
    {
        var written = FilesIn(staging).Where(file => !_publisher.Keeps(file)).Order(StringComparer.Ordinal);
        File.WriteAllText(Path.Combine(staging, MarkerFileName), string.Concat(written.Prepend(_publisher.Name).Select(static line => line + "\n")));
        if (!Directory.Exists(FinalPath))
        {
            Directory.Move(staging, FinalPath);
            return;
        }

        CopyKept(staging);
        var old = Path.Combine(Path.GetDirectoryName(FinalPath)!, $".{Path.GetFileName(FinalPath)}.{Environment.ProcessId}.old");
        Delete(old);
        Directory.Move(FinalPath, old);
        try
        {
            Directory.Move(staging, FinalPath);
        }
        catch
        {
            Directory.Move(old, FinalPath);
            throw;
        }

        TryDelete(old);
    }

    private void CopyKept(string staging)
    {
        string[] marker = [.. File.ReadLines(Path.Combine(FinalPath, MarkerFileName)).Skip(1), MarkerFileName];
        // Before there was a list, all that a publisher found was its own.
        var before = marker is [_] ? [.. FilesIn(FinalPath)] : marker.ToHashSet(StringComparer.Ordinal);
        foreach (var relative in FilesIn(FinalPath))
        {
            var isOwn = !before.Contains(relative) && !_publisher.Keeps(relative);
            var copy = Path.Combine(staging, relative);
            if (File.Exists(copy))
            {
                if (isOwn)
                {
                    throw new DistributedApplicationException(
                        $"The file {Path.Combine(FinalPath, relative)} is not of the publisher '{_publisher.Name}', which now has one of that name: move yours away.");
                }
            }
            else if (isOwn || _publisher.Keeps(relative))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(Path.Combine(FinalPath, relative), copy);
            }
        }

        if (!OperatingSystem.IsWindows())
        {
            // A folder that keeps others out of the secrets in it goes on doing so.
            foreach (var folder in Directory.EnumerateDirectories(FinalPath, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(staging, Path.GetRelativePath(FinalPath, folder));
                if (Directory.Exists(copy))
                {
                    File.SetUnixFileMode(copy, File.GetUnixFileMode(folder));
                }
            }
        }
    }

    private static IEnumerable<string> FilesIn(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'));

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What stays is hidden and is replaced by the next run; the output itself is right.
        }
    }

    [GeneratedRegex(@"^\.(\d{1,9})\.(new|old)$")]
    private static partial Regex Leftover();
}
