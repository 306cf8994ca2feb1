using GraphQL.Validation;
using GraphQLParser.AST;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>Refuses an operation of a type that the schema doesn't offer.</summary>
/// <remarks>It throws instead of reporting: the rules after it count on the type and would fail on their own.</remarks>
internal sealed class OfferedOperations : ValidationRuleBase
{
    public override ValueTask<INodeVisitor?> GetPreNodeVisitorAsync(ValidationContext context)
    {
        var operation = context.Operation;
        var offered = operation.Operation switch
        {
            OperationType.Query => context.Schema.Query is not null,
            OperationType.Mutation => context.Schema.Mutation is not null,
            OperationType.Subscription => context.Schema.Subscription is not null,
            _ => false,
        };
        return offered
            ? default
            : throw new ValidationError(context.Document.Source, null, $"This API offers no {operation.Operation}.", operation);
    }
}
