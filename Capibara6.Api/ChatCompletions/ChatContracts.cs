using System.Text.Json;
using System.Text.Json.Serialization;

namespace Capibara6.Api.ChatCompletions;

/// <summary>
/// A request of OpenAI's chat completions API. These are the fields that are read on the way; every other one, known to OpenAI or
/// not, goes to the model as it is.
/// </summary>
internal sealed record ChatBody
{
    /// <summary>Id or alias of a model, or <c>auto</c> to let the router choose.</summary>
    public required string Model { get; init; }

    /// <summary>The conversation in OpenAI's shape, oldest message first; at least one.</summary>
    public required IReadOnlyList<JsonElement> Messages { get; init; }

    /// <summary>Whether to answer piece by piece, as server-sent events.</summary>
    public bool? Stream { get; init; }

    /// <summary>Settings of a stream; <c>include_usage</c> asks for token counts.</summary>
    public JsonElement? StreamOptions { get; init; }

    /// <summary>Bound on the answer in tokens; the older name.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Bound on the answer in tokens.</summary>
    public int? MaxCompletionTokens { get; init; }

    /// <summary>How many answers, 1 to 128.</summary>
    public int? N { get; init; }

    /// <summary>Sampling temperature. An answer at 0 is kept and found again, unless <c>x-capibara6-cache</c> says otherwise.</summary>
    public double? Temperature { get; init; }

    /// <summary>Tools that the model may call.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>All other fields go to the model as they are.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>A request of another of OpenAI's calls; every field but the model goes to the model as it is.</summary>
internal sealed record ChatNeighbourBody
{
    /// <summary>Id or alias of a model, or <c>auto</c> where text is made.</summary>
    public required string Model { get; init; }

    /// <summary>All other fields, in OpenAI's shape.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>An answer in OpenAI's shape, as the model gave it.</summary>
internal sealed record ChatPassedResponse
{
    /// <summary>All fields, in OpenAI's shape.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Fields { get; set; }
}

/// <summary>The models in the shape of OpenAI's API.</summary>
internal sealed record ChatModelList(IReadOnlyList<ChatModel> Data)
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";
}

/// <summary>A model in the shape of OpenAI's API.</summary>
/// <param name="Id">The id to name in a request.</param>
internal sealed record ChatModel(string Id)
{
    /// <summary>Always <c>model</c>.</summary>
    public string Object { get; init; } = "model";

    /// <summary>When it was made, in seconds since 1970; 0, because it isn't known.</summary>
    public long Created { get; init; }

    /// <summary>Who runs it.</summary>
    public string OwnedBy { get; init; } = "capibara6";
}
