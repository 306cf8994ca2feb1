using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>Bounds on a request; section <c>GraphQL</c>.</summary>
internal sealed class GraphQLTransportOptions
{
    public const string SectionName = "GraphQL";

    /// <summary>Deepest nesting of fields, 1 to 50. Tools that ask for the whole schema need 13.</summary>
    [Range(1, 50)]
    public int MaxDepth { get; set; } = 15;

    /// <summary>Most that the fields of a request may cost together, 10 to 1,000,000 (<see cref="Schema.Costs"/>).</summary>
    [Range(10, 1_000_000)]
    public int MaxCost { get; set; } = 5_000;

    /// <summary>
    /// Longest document in tokens, 100 to 100,000. Validation compares fields with one another, so its time grows with the square
    /// of this; long texts belong into variables.
    /// </summary>
    [Range(100, 100_000)]
    public int MaxTokens { get; set; } = 3_000;

    /// <summary>Most errors told of a document that isn't valid, 1 to 100.</summary>
    [Range(1, 100)]
    public int MaxErrors { get; set; } = 10;

    /// <summary>Longest that a request may take, 1 s to 10 min; models may think for minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ExecutionTimeout { get; set; } = TimeSpan.FromMinutes(2);
}

[OptionsValidator]
internal sealed partial class GraphQLTransportOptionsValidator : IValidateOptions<GraphQLTransportOptions>;
