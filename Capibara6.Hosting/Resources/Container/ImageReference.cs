namespace Capibara6.Hosting.ApplicationModel;

/// <summary>The parts of <c>registry/image:tag@sha256:digest</c>.</summary>
internal sealed record ImageReference(string? Registry, string Image, string? Tag, string? Digest)
{
    private const string DigestMark = "@sha256:";

    public static ImageReference Parse(string reference)
    {
        string? digest = null;
        var rest = reference;
        if (rest.IndexOf(DigestMark, StringComparison.Ordinal) is >= 0 and var at)
        {
            digest = rest[(at + DigestMark.Length)..];
            rest = rest[..at];
        }

        string? tag = null;
        if (rest.LastIndexOf(':') is > 0 and var colon && colon > rest.LastIndexOf('/'))
        {
            tag = rest[(colon + 1)..];
            rest = rest[..colon];
        }

        // As the container runtimes do: a first part with a dot or a port, or localhost, is a registry.
        string? registry = null;
        if (rest.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash
            && (rest[..slash].AsSpan().ContainsAny('.', ':') || rest[..slash] == "localhost"))
        {
            registry = rest[..slash];
            rest = rest[(slash + 1)..];
        }

        return new ImageReference(registry, rest, tag, digest);
    }
}
