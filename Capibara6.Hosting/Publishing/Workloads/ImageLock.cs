using System.Text.Json;

namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>
/// The digests behind the tags that the model names: images.lock.json beside the AppHost, an object of "name:tag": "sha256:…".
/// A tag can be moved by whoever owns it; a digest can't.
/// </summary>
internal sealed class ImageLock(IReadOnlyDictionary<string, string> digests)
{
    public const string FileName = "images.lock.json";

    private static readonly JsonSerializerOptions s_json = new() { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static async Task<ImageLock> LoadAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return new ImageLock(new Dictionary<string, string>());
        }

        try
        {
            await using var stream = File.OpenRead(path);
            return new ImageLock(await JsonSerializer.DeserializeAsync<Dictionary<string, string>>(stream, s_json, cancellationToken) ?? []);
        }
        catch (JsonException exception)
        {
            throw new DistributedApplicationException($"{path} is not an object of \"image:tag\": \"sha256:…\": {exception.Message}", exception);
        }
    }

    /// <summary>The reference with its digest, or as it is when none is known.</summary>
    public string Pin(string image)
    {
        var reference = ImageReference.Parse(image);
        return reference.Digest is null && digests.TryGetValue(image, out var digest)
            ? (reference with { Digest = digest }).ToString()
            : image;
    }
}
