namespace Capibara6.GraphQLApi.GraphiQL;

/// <summary>GraphiQL, the page for people; section <c>GraphQL:GraphiQL</c>.</summary>
internal sealed class GraphiQLOptions
{
    public const string SectionName = "GraphQL:GraphiQL";

    /// <summary>Whether browsers get it; when left out, everywhere but in Production.</summary>
    public bool? Enabled { get; set; }
}
