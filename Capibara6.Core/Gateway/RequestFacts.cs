namespace Capibara6.Core.Gateway;

/// <summary>What governance needs to know of a call's body.</summary>
internal sealed class RequestFacts
{
    /// <summary>As the caller named it.</summary>
    public string Model { get; set; } = "";

    public bool Stream { get; set; }

    /// <summary>Whether the caller asked for token counts in a stream.</summary>
    public bool WantsCounts { get; set; }

    /// <summary>Bound on the answer in tokens; null when the caller sets none.</summary>
    public int? MaxTokens { get; set; }

    /// <summary>How many answers are wanted.</summary>
    public int Choices { get; set; } = 1;

    public double? Temperature { get; set; }

    /// <summary>Whether the answer may be a call of a tool.</summary>
    public bool HasTools { get; set; }

    /// <summary>The last thing that the user said: what the router looks at.</summary>
    public string LastText { get; set; } = "";

    /// <summary>Bytes of images, audio and files, which count otherwise than text.</summary>
    public int HeavyBytes { get; set; }

    /// <summary>Number of images, audio and files.</summary>
    public int HeavyParts { get; set; }

    /// <summary>The fields of the body, in their order.</summary>
    public List<RequestField> Fields { get; } = new(16);
}

/// <summary>Where a field stands in the body.</summary>
/// <param name="NameStart">Of the quote before its name.</param>
/// <param name="ValueStart">Of its value.</param>
/// <param name="ValueEnd">Behind its value.</param>
/// <param name="InnerStart">Of the value of <c>include_usage</c> within <c>stream_options</c>; 0 when there is none.</param>
/// <param name="InnerEnd">Behind it.</param>
internal readonly record struct RequestField(
    string Name, int NameStart, int ValueStart, int ValueEnd, int InnerStart = 0, int InnerEnd = 0);
