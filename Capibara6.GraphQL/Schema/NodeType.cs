using Capibara6.Core.Identity;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Schema;

/// <summary>Anything that has an id of its own, as Relay's specification of global object identification has it.</summary>
internal sealed class NodeType : InterfaceGraphType
{
    public NodeType()
    {
        Name = "Node";
        Description = "Something that can be asked for again by its id.";
        Field<NonNullGraphType<IdGraphType>>("id").Description("Unique among all nodes.");
    }
}

/// <summary>Finds the nodes of one feature.</summary>
internal interface INodeSource
{
    /// <summary>The node of that id; null when it isn't there, not of this feature or not the caller's.</summary>
    Task<object?> FindAsync(string id, Caller caller, CancellationToken cancellationToken);
}
