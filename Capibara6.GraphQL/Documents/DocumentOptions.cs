using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Documents;

/// <summary>Bounds on a document; section <c>GraphQL:Documents</c>. Fragments count as often as they are used.</summary>
internal sealed class DocumentOptions
{
    public const string SectionName = "GraphQL:Documents";

    /// <summary>Longest document in characters, 1,000 to 1,000,000.</summary>
    [Range(1_000, 1_000_000)]
    public int MaxLength { get; set; } = 65_536;

    /// <summary>
    /// Longest document in tokens, 100 to 100,000. Validation compares fields with one another, so its time grows with the square
    /// of this; long texts belong into variables.
    /// </summary>
    [Range(100, 100_000)]
    public int MaxTokens { get; set; } = 3_000;

    /// <summary>Deepest nesting of fields, 1 to 50. Tools that ask for the whole schema need 13.</summary>
    [Range(1, 50)]
    public int MaxDepth { get; set; } = 15;

    /// <summary>Most that the fields of an operation may cost together, 10 to 1,000,000 (<see cref="Schema.Costs"/>).</summary>
    [Range(10, 1_000_000)]
    public int MaxCost { get; set; } = 5_000;

    /// <summary>Most fields under another name, 0 to 10,000.</summary>
    [Range(0, 10_000)]
    public int MaxAliases { get; set; } = 100;

    /// <summary>Most directives, 0 to 10,000.</summary>
    [Range(0, 10_000)]
    public int MaxDirectives { get; set; } = 100;

    /// <summary>Most operations, of which one is carried out, 1 to 1,000.</summary>
    [Range(1, 1_000)]
    public int MaxOperations { get; set; } = 10;

    /// <summary>Most mistakes told of a document that isn't valid, 1 to 100; it is read no further.</summary>
    [Range(1, 100)]
    public int MaxErrors { get; set; } = 10;

    /// <summary>Characters of documents that are kept ready, and again of those that clients name by their hash, 1,000 to 100,000,000.</summary>
    [Range(1_000, 100_000_000)]
    public int CacheLength { get; set; } = 2_000_000;

    /// <summary>A file with the trusted documents, as a JSON object from ids to texts; none by default.</summary>
    public string? TrustedFile { get; set; }

    /// <summary>Whether only trusted documents are carried out.</summary>
    public bool OnlyTrusted { get; set; }
}

[OptionsValidator]
internal sealed partial class DocumentOptionsValidator : IValidateOptions<DocumentOptions>;
