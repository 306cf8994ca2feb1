using System.Text;
using Capibara6.Core;
using Capibara6.GraphQLApi.Errors;
using GraphQL.Execution;
using GraphQLParser;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Documents;

/// <summary>
/// Parses documents within bounds. What a bound refuses has cost no more than one pass over its text or its tree: length and
/// tokens are counted before anything is built, and what its fragments come to before anything walks into them.
/// </summary>
internal sealed class BoundedDocumentBuilder(IOptions<DocumentOptions> options) : IDocumentBuilder
{
    // Up to this column the parser's own way to show an error is cheap; it takes the square of it.
    private const int ShortLine = 500;

    // What costs the least (Schema.Costs) can't be there more often.
    private readonly int _maxSelections = (int)(options.Value.MaxCost / Schema.Costs.Least);

    private readonly ParserOptions _parsing = new()
    {
        Ignore = IgnoreOptions.Comments,

        // The parser counts every level of its grammar, of which a level of fields has a few.
        MaxDepth = options.Value.MaxDepth * 8,
    };

    /// <exception cref="FailureError">The document is larger than a bound.</exception>
    /// <exception cref="DocumentSyntaxError">It is no GraphQL.</exception>
    public GraphQLDocument Build(string body)
    {
        if (body.Length > options.Value.MaxLength)
        {
            throw TooLarge($"is longer than {options.Value.MaxLength} characters");
        }

        var document = Parse(body, ReadTokens(body));
        CheckWeight(document);
        DocumentPlaces.NoteOffsets(document);
        return document;
    }

    private DocumentTokens ReadTokens(string body)
    {
        DocumentTokens tokens;
        try
        {
            tokens = DocumentTokens.Read(body, options.Value.MaxTokens);
        }
        catch (DocumentTextException error)
        {
            throw new DocumentSyntaxError(error.Message, body, error.Position);
        }

        return tokens.Tokens.Count <= options.Value.MaxTokens
            ? tokens
            : throw TooLarge($"has more than {options.Value.MaxTokens} tokens");
    }

    private GraphQLDocument Parse(string body, DocumentTokens tokens)
    {
        try
        {
            if (tokens.LongestLine > ShortLine)
            {
                CheckSyntax(body, tokens);
            }

            // The parser reads escapes in comments, too; there a backslash is just one.
            return Parser.Parse(tokens.HasComments ? WithoutComments(body, tokens) : body, _parsing);
        }
        catch (GraphQLSyntaxErrorException error)
        {
            throw new DocumentSyntaxError(error);
        }
        catch (GraphQLMaxDepthExceededException)
        {
            throw TooComplex($"is nested deeper than {options.Value.MaxDepth} levels of fields");
        }
    }

    /// <summary>Parses the tokens alone, each on a line of its own: an error's line is the number of its token.</summary>
    private void CheckSyntax(string body, DocumentTokens tokens)
    {
        var lines = new StringBuilder(tokens.Tokens.Count * 8);
        foreach (var token in tokens.Tokens)
        {
            var text = body.AsSpan(token.Start, token.Length);
            if (!token.IsString && text.Length > ShortLine)
            {
                throw TooLarge($"has a name or a number of more than {ShortLine} characters");
            }

            lines.Append(token.IsString ? "\"\"" : text).Append('\n');
        }

        try
        {
            Parser.Parse(lines.ToString(), _parsing);
        }
        catch (GraphQLSyntaxErrorException error)
        {
            var index = error.Location.Line - 1;
            throw new DocumentSyntaxError(
                error.Description, body, index < tokens.Tokens.Count ? tokens.Tokens[index].Start + error.Location.Column - 1 : body.Length);
        }
    }

    private static string WithoutComments(string body, DocumentTokens tokens) => string.Create(body.Length, (body, tokens), static (text, source) =>
    {
        foreach (ref var letter in text)
        {
            letter = ' ';
        }

        for (var at = 0; at < text.Length; at++)
        {
            if (source.body[at] is '\n' or '\r')
            {
                text[at] = source.body[at];
            }
        }

        foreach (var token in source.tokens.Tokens)
        {
            source.body.AsSpan(token.Start, token.Length).CopyTo(text[token.Start..]);
        }
    });

    private void CheckWeight(GraphQLDocument document)
    {
        var limits = options.Value;
        var weight = DocumentWeight.Of(document);
        if (weight.Selections > _maxSelections)
        {
            throw TooComplex("asks for more fields than any request may cost");
        }

        if (weight.Aliases > limits.MaxAliases)
        {
            throw TooComplex($"has more than {limits.MaxAliases} aliases");
        }

        if (weight.Directives > limits.MaxDirectives)
        {
            throw TooComplex($"has more than {limits.MaxDirectives} directives");
        }

        if (document.Definitions.Count(definition => definition is GraphQLOperationDefinition) > limits.MaxOperations)
        {
            throw TooComplex($"has more than {limits.MaxOperations} operations");
        }
    }

    private static FailureError TooLarge(string how) => new(new Failure(
        EdgeCodes.DocumentTooLarge, FailureKind.TooLarge, $"The document {how}; ask for less at once, and put values into variables.") { Field = "query" });

    private static FailureError TooComplex(string how) => new(new Failure(
        EdgeCodes.DocumentTooComplex, FailureKind.Invalid, $"The document {how}; its fragments count as often as they are used.") { Field = "query" });
}
