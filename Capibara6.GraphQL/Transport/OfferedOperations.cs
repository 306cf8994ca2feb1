using GraphQL.Validation;
using GraphQLParser.AST;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>Refuses a subscription where no stream of results can be sent.</summary>
/// <remarks>It throws instead of reporting: no other rule has anything to add.</remarks>
internal sealed class OfferedOperations : ValidationRuleBase
{
    public override ValueTask<INodeVisitor?> GetPreNodeVisitorAsync(ValidationContext context) =>
        context.Operation.Operation == OperationType.Subscription
            ? throw new ValidationError(
                context.Document.Source, null,
                "Subscriptions come over WebSocket (graphql-transport-ws) or as server-sent events ('Accept: text/event-stream').", context.Operation)
            : default;
}
