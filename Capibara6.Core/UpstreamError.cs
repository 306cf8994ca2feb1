namespace Capibara6.Core;

/// <summary>An error that a model's endpoint gave, in the words of OpenAI's protocol.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">For people. It may repeat what the caller sent, so it is for the caller only, and for no log.</param>
/// <param name="Type">The protocol's class of error; null when it named none.</param>
/// <param name="Code">The protocol's code, such as <c>context_length_exceeded</c>; null when it named none.</param>
/// <param name="Param">The field that is wrong; null when it is none in particular.</param>
public sealed record UpstreamError(int Status, string Message, string? Type, string? Code, string? Param)
{
    /// <summary>The error as it came, a JSON object; empty when it had another shape.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }
}
