namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>An image's reference: name[:tag][@digest].</summary>
internal sealed record ImageReference(string Name, string? Tag, string? Digest)
{
    public static ImageReference Parse(string reference)
    {
        var at = reference.IndexOf('@', StringComparison.Ordinal);
        var digest = at < 0 ? null : reference[(at + 1)..];
        var tagged = at < 0 ? reference : reference[..at];
        // A colon before the last slash belongs to a registry's port.
        var colon = tagged.LastIndexOf(':');
        return colon > tagged.LastIndexOf('/')
            ? new ImageReference(tagged[..colon], tagged[(colon + 1)..], digest)
            : new ImageReference(tagged, null, digest);
    }

    /// <summary>The reference as every runtime understands it the same: with its registry, and with Docker Hub's folder for its own images.</summary>
    public ImageReference Complete()
    {
        var slash = Name.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? string.Empty : Name[..slash];
        var isRegistry = first == "localhost" || first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal);
        var name = isRegistry ? Name : slash < 0 ? $"docker.io/library/{Name}" : $"docker.io/{Name}";
        return this with
        {
            Name = name.StartsWith("docker.io/", StringComparison.Ordinal) && name.Count(static character => character == '/') == 1
                ? $"docker.io/library/{name["docker.io/".Length..]}"
                : name,
            Tag = Tag ?? (Digest is null ? "latest" : null),
        };
    }

    public override string ToString() => $"{Name}{(Tag is null ? string.Empty : $":{Tag}")}{(Digest is null ? string.Empty : $"@{Digest}")}";
}
