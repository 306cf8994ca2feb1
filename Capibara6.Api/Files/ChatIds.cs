namespace Capibara6.Api.Files;

/// <summary>Ids as OpenAI's clients know them: a word, and the UUID without its dashes.</summary>
internal static class ChatIds
{
    private const string FilePrefix = "file-";
    private const string BatchPrefix = "batch_";

    public static string OfFile(Guid id) => $"{FilePrefix}{id:N}";

    public static string OfBatch(Guid id) => $"{BatchPrefix}{id:N}";

    /// <returns>Null for what can't be one: the id of nothing.</returns>
    public static Guid? ReadFile(string? text) => Read(text, FilePrefix);

    public static Guid? ReadBatch(string? text) => Read(text, BatchPrefix);

    private static Guid? Read(string? text, string prefix) =>
        text is not null && text.StartsWith(prefix, StringComparison.Ordinal) && Guid.TryParseExact(text.AsSpan(prefix.Length), "N", out var id) ? id : null;
}
