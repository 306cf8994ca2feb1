using Capibara6.Core;
using Capibara6.GraphQLApi.Errors;
using GraphQLParser;
using GraphQLParser.Exceptions;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>Counts a document's tokens before anything is built from it.</summary>
internal static class DocumentSize
{
    /// <exception cref="RefusedException">There are more than <paramref name="maxTokens"/>.</exception>
    public static void Check(string document, int maxTokens)
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
                throw new RefusedException(
                    StatusCodes.Status400BadRequest,
                    new Failure(
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
