using GraphQL.Execution;
using GraphQLParser;
using GraphQLParser.Exceptions;

namespace Capibara6.GraphQLApi.Documents;

/// <summary>A document that isn't GraphQL. Its place is counted once, however long the line is.</summary>
internal sealed class DocumentSyntaxError : DocumentError
{
    public DocumentSyntaxError(string description, string document, int position)
        : base("Error parsing query: " + description)
    {
        Code = "SYNTAX_ERROR";
        AddLocation(Location.FromLinearPosition(document, position));
    }

    /// <summary>Of the parser: it draws the line with the error and pads it to the column, character by character.</summary>
    public DocumentSyntaxError(GraphQLSyntaxErrorException error)
        : base("Error parsing query: " + error.Description)
    {
        Code = "SYNTAX_ERROR";
        AddLocation(error.Location);
    }
}
