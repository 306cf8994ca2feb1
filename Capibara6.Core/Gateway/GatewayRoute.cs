namespace Capibara6.Core.Gateway;

/// <summary>A call of OpenAI's protocol that passes through.</summary>
public sealed class GatewayRoute
{
    private GatewayRoute(string path, string prompt)
    {
        Path = path;
        Prompt = prompt;
    }

    public static GatewayRoute ChatCompletions { get; } = new("chat/completions", "messages")
    {
        Generates = true, CountsOnRequest = true, PromptIsList = true,
    };

    public static GatewayRoute Completions { get; } = new("completions", "prompt") { Generates = true, CountsOnRequest = true };

    public static GatewayRoute Responses { get; } = new("responses", "input") { Generates = true };

    public static GatewayRoute Embeddings { get; } = new("embeddings", "input");

    public static GatewayRoute Moderations { get; } = new("moderations", "input");

    /// <summary>Below an endpoint's address.</summary>
    public string Path { get; }

    /// <summary>Name of the field that holds what is asked.</summary>
    public string Prompt { get; }

    /// <summary>Whether the prompt is a list of messages, never a bare text.</summary>
    internal bool PromptIsList { get; private init; }

    /// <summary>Whether it makes text: it can stream, it can be routed, another model can do it, and it costs more than its prompt.</summary>
    internal bool Generates { get; private init; }

    /// <summary>Whether a stream brings token counts only to who asks for them (<c>stream_options</c>).</summary>
    internal bool CountsOnRequest { get; private init; }

    /// <summary>The field that bounds the answer where a caller sets none; null for the one that the deployment knows.</summary>
    internal string? TokenBound => ReferenceEquals(this, Responses) ? "max_output_tokens" : ReferenceEquals(this, Completions) ? "max_tokens" : null;
}
