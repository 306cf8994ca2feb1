using GraphQL.Validation;
using GraphQLParser.AST;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>A GET may be repeated, cached and embedded by anyone, so it only reads.</summary>
internal sealed class ReadOnlyOverGet : ValidationRuleBase
{
    public override ValueTask<INodeVisitor?> GetPreNodeVisitorAsync(ValidationContext context)
    {
        if (context.Operation.Operation != OperationType.Query)
        {
            context.ReportError(new ChangesOverGetError(context.Document.Source, context.Operation));
        }

        return default;
    }
}

internal sealed class ChangesOverGetError(GraphQLParser.ROM source, ASTNode operation)
    : ValidationError(source, null, "A GET request only reads; send mutations with POST.", operation);
