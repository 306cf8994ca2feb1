using Capibara6.Core;
using Capibara6.GraphQLApi.Errors;
using GraphQL.Execution;
using GraphQLParser;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>Parses documents of bounded length and nesting. Length is counted before anything is built.</summary>
internal sealed class BoundedDocumentBuilder(IOptions<GraphQLTransportOptions> options) : IDocumentBuilder
{
    // The parser counts every level of its grammar, of which a level of fields has a few.
    private readonly GraphQLDocumentBuilder _parser = new() { IgnoreComments = true, MaxDepth = options.Value.MaxDepth * 8 };

    /// <exception cref="FailureError">The document is too long or nested too deep.</exception>
    public GraphQLDocument Build(string body)
    {
        CountTokens(body, options.Value.MaxTokens);
        try
        {
            return _parser.Build(body);
        }
        catch (GraphQLMaxDepthExceededException)
        {
            throw new FailureError(new Failure(
                EdgeCodes.DocumentTooComplex, FailureKind.Invalid, $"The document is nested deeper than {options.Value.MaxDepth} levels of fields."));
        }
    }

    private static void CountTokens(string document, int maxTokens)
    {
        var count = 0;
        for (var at = 0; at < document.Length;)
        {
            Token token;
            try
            {
                token = Lexer.Lex(document, at);
            }
            catch (GraphQLSyntaxErrorException)
            {
                // The parser will say so, with the place.
                return;
            }

            if (token.Kind == TokenKind.EOF)
            {
                return;
            }

            if (++count > maxTokens)
            {
                throw new FailureError(new Failure(
                    EdgeCodes.DocumentTooLarge, FailureKind.TooLarge,
                    $"The document has more than {maxTokens} tokens; ask for less at once, and put values into variables.")
                {
                    Field = "query",
                });
            }

            at = token.End;
        }
    }
}
