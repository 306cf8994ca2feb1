namespace Capibara6.Hosting;

/// <summary>Scripts and configuration that are files of this project, in their own language.</summary>
internal static class EmbeddedText
{
    /// <param name="name">Its path in this project, with dots for slashes.</param>
    public static string Read(string name)
    {
        using var stream = typeof(EmbeddedText).Assembly.GetManifestResourceStream($"{nameof(Capibara6)}.{nameof(Hosting)}.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
