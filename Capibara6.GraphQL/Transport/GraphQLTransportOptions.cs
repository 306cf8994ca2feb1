using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>Bounds on a request; section <c>GraphQL</c>.</summary>
internal sealed class GraphQLTransportOptions
{
    public const string SectionName = "GraphQL";

    /// <summary>Longest that a request may take, 1 s to 10 min; models may think for minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ExecutionTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Operations that one request may hold, as a JSON array, 0 to 100; 0, the default, takes no arrays.</summary>
    [Range(0, 100)]
    public int MaxBatch { get; set; }
}

[OptionsValidator]
internal sealed partial class GraphQLTransportOptionsValidator : IValidateOptions<GraphQLTransportOptions>;
