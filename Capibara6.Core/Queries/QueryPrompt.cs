using System.Text;
using Capibara6.Core.ModelClients;

namespace Capibara6.Core.Queries;

/// <summary>What the model is told: made once, and longer only by the turns of a correction.</summary>
internal sealed class QueryPrompt(IEnumerable<PromptMessage> messages)
{
    // A token is at least a byte of the prompt; this many more hold a message's role and frame.
    private const int FrameTokens = 16;

    private readonly List<PromptMessage> _messages = [.. messages];

    public IReadOnlyList<PromptMessage> Messages => _messages;

    /// <summary>Tokens that it can have at most.</summary>
    public int MostTokens { get; private set; } = messages.Sum(MostTokensOf);

    public void Add(PromptMessage message)
    {
        _messages.Add(message);
        MostTokens += MostTokensOf(message);
    }

    private static int MostTokensOf(PromptMessage message) => Encoding.UTF8.GetByteCount(message.Text) + FrameTokens;
}
