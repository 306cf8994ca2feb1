using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing;

/// <summary>Writes the files of an output folder.</summary>
internal static class PublishedFiles
{
    public static async Task WriteAsync(string folder, IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken)
    {
        foreach (var (path, text) in files)
        {
            var full = Path.Combine(folder, path.Replace('/', Path.DirectorySeparatorChar));
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            await File.WriteAllTextAsync(full, text, cancellationToken);
        }
    }

    public static void WarnOfScratch(WorkloadModel model, PublishingTarget target)
    {
        foreach (var workload in model.Workloads)
        {
            foreach (var volume in workload.Volumes.Where(static volume => volume.IsDoubtful))
            {
                PublishingFilesLog.Scratch(target.Logger, workload.Name, volume.Target, volume.ScratchSize);
            }
        }
    }

    public static void WarnOfTags(IEnumerable<string> images, PublishingTarget target)
    {
        foreach (var image in images.Distinct().Where(static image => ImageReference.Parse(image).Digest is null))
        {
            PublishingFilesLog.NotPinned(target.Logger, image, ImageLock.FileName);
        }
    }

    /// <summary>The parameters' values of the last time.</summary>
    public static async Task<Dictionary<string, string>> ReadSecretsAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, SecretFile.ParametersFile);
        return File.Exists(path) ? SecretFile.Parse(await File.ReadAllTextAsync(path, cancellationToken)) : [];
    }
}

internal static partial class PublishingFilesLog
{
    [LoggerMessage(EventId = 20, Level = LogLevel.Warning,
        Message = "The image {Image} is named by a tag alone, which its owner can move; put its digest into {LockFile}")]
    public static partial void NotPinned(ILogger logger, string image, string lockFile);

    [LoggerMessage(EventId = 22, Level = LogLevel.Warning,
        Message = "Resource '{Resource}': the volume at {Path} has no name, so what is in it goes with the container and is at most {Size}; "
            + "WithVolume(name, target) keeps it, WithVolumeSize says that it is meant so")]
    public static partial void Scratch(ILogger logger, string resource, string path, string size);

    [LoggerMessage(EventId = 21, Level = LogLevel.Information, Message = "Secrets are in {Folder}, in files that git ignores")]
    public static partial void SecretsCreated(ILogger logger, string folder);
}
