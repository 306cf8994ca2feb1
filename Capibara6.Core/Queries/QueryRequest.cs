using Capibara6.Core.Identity;
using Capibara6.Core.Usage;

namespace Capibara6.Core.Queries;

/// <summary>A question for a model, as every edge hands it over.</summary>
/// <param name="Query">The text: 1 to <see cref="QueryLimits.MaxQueryLength"/> characters.</param>
/// <param name="Caller">On whose behalf.</param>
public sealed record QueryRequest(string Query, Caller Caller)
{
    /// <summary>Material that belongs to the question, by name; at most <see cref="QueryLimits.MaxQueryLength"/> characters in all.</summary>
    public IReadOnlyDictionary<string, string> Context { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>A model's id, or <see cref="AutoModel"/> to let the router choose.</summary>
    public string Model { get; init; } = AutoModel;

    /// <summary>Bound on the answer in tokens, 1 to 32,768; null for the model's own.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Sampling temperature, 0 to 2; null for the model's own.</summary>
    public float? Temperature { get; init; }

    /// <summary>Whether a cached answer will do. Answers are stored either way.</summary>
    public bool UseCache { get; init; } = true;

    /// <summary>Whether code of the answer is run.</summary>
    public CodeExecution Execute { get; init; } = CodeExecution.Never;

    /// <summary>Earlier turns and instructions of a conversation, oldest first; empty for a lone question.</summary>
    public IReadOnlyList<QueryTurn> History { get; init; } = [];

    /// <summary>Takes the record of how it ended instead of this process's own recorder; null for that one.</summary>
    public IUsageRecorder? Recorder { get; init; }

    public const string AutoModel = "auto";
}

/// <summary>Whether code of an answer is run in the sandbox. The numbers are stored with jobs.</summary>
public enum CodeExecution
{
    /// <summary>It is left as text.</summary>
    Never = 0,

    /// <summary>Code that names its language is run where a sandbox can; where none can, the answer comes without.</summary>
    Auto = 1,

    /// <summary>Code that names no language is run too, as far as it can be guessed; where no sandbox can, the query fails.</summary>
    Always = 2,
}

/// <summary>One earlier turn of a conversation.</summary>
/// <param name="Role">system, user, assistant or tool, as OpenAI's chat API names them.</param>
public sealed record QueryTurn(string Role, string Text);

/// <summary>Bounds that hold at every edge.</summary>
public static class QueryLimits
{
    public const int MaxQueryLength = 32_000;
    public const int MaxBatchSize = 10_000;
    public const int MaxRequestBytes = 1_048_576;
}
