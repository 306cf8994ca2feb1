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

    public override string ToString() => $"{Name}{(Tag is null ? string.Empty : $":{Tag}")}{(Digest is null ? string.Empty : $"@{Digest}")}";
}
