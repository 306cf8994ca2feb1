using Capibara6.Core.Identity;
using Capibara6.GraphQLApi.Access;
using GraphQL;
using GraphQL.MicrosoftDI;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Schema;

internal static class NodeFields
{
    private const int MaxIds = 100;

    public static void AddNodes(this ObjectGraphType query) =>
        query.Field<NodeType>("node")
            .Description("Whatever has that id: a model, a batch, an API key, your account. Null when there is nothing of yours.")
            .RequirePermission(Permissions.Read)
            .Argument<NonNullGraphType<IdGraphType>>("id", $"At most {MaxIds} characters.")
            .Resolve()
            .WithScope()
            .WithService<IEnumerable<INodeSource>>()
            .ResolveAsync(FindAsync);

    private static async Task<object?> FindAsync(IResolveFieldContext context, IEnumerable<INodeSource> sources)
    {
        var id = context.GetArgument<string>("id");
        if (id.Length > MaxIds)
        {
            return null;
        }

        if (id == context.Caller().AccountId.ToString())
        {
            return context.User();
        }

        foreach (var source in sources)
        {
            if (await source.FindAsync(id, context.Caller(), context.CancellationToken) is { } node)
            {
                return node;
            }
        }

        return null;
    }
}
