using Capibara6.GraphQLApi.Schema;
using GraphQL.Builders;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Pages;

/// <summary>A page of entries of one type.</summary>
internal sealed class ConnectionType<TNode> : ObjectGraphType<Page>
    where TNode : IGraphType
{
    public ConnectionType(TNode node)
    {
        Name = $"{node.Name}Connection";
        Description = $"A page of entries of the type {node.Name}.";
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<EdgeType<TNode>>>>>("edges")
            .Description("The entries, each with its place.").WithCost(0, 1).Resolve(context => context.Source.Items);
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<TNode>>>>("nodes")
            .Description("The entries alone.").WithCost(0, 1).Resolve(context => context.Source.Items.Select(item => item.Node));
        Field<NonNullGraphType<PageInfoType>>("pageInfo").Description("Where this page is.").WithCost(0, 0).Resolve(context => context.Source);
    }
}

internal sealed class EdgeType<TNode> : ObjectGraphType<PageItem>
    where TNode : IGraphType
{
    public EdgeType(TNode node)
    {
        Name = $"{node.Name}Edge";
        Description = $"An entry of the type {node.Name}, and its place.";
        Field<NonNullGraphType<TNode>>("node").Description("The entry.").Resolve(context => context.Source.Node);
        Field<NonNullGraphType<StringGraphType>>("cursor")
            .Description("Its place, for the argument 'after'.").Resolve(context => context.Source.Cursor);
    }
}

internal sealed class PageInfoType : ObjectGraphType<Page>
{
    public PageInfoType()
    {
        Name = "PageInfo";
        Description = "Where a page is in its list.";
        Field<NonNullGraphType<BooleanGraphType>>("hasNextPage")
            .Description("Whether there is more after it.")
            .ResolveAsync(async context => await context.Source.HasNext(context.CancellationToken));
        Field<NonNullGraphType<BooleanGraphType>>("hasPreviousPage")
            .Description("Whether it began after an entry.").Resolve(context => context.Source.HasPrevious);
        Field<StringGraphType>("startCursor")
            .Description("Place of its first entry; null when it is empty.").Resolve(context => context.Source.Items.Count == 0 ? null : context.Source.Items[0].Cursor);
        Field<StringGraphType>("endCursor")
            .Description("Place of its last entry; null when it is empty.").Resolve(context => context.Source.Items.Count == 0 ? null : context.Source.Items[^1].Cursor);
    }
}

internal static class PagedField
{
    /// <summary>Adds the arguments of a page, and the cost of as many entries as it may have.</summary>
    public static FieldBuilder<TSource, TReturn> Paged<TSource, TReturn>(this FieldBuilder<TSource, TReturn> field, int otherwise, int max) => field
        .Argument<IntGraphType>(Cursor.First, $"How many, 1 to {max}; {otherwise} when left out.")
        .Argument<StringGraphType>(Cursor.After, "The cursor of the entry that the page begins after; leave out for the first page.")
        .WithPageCost(Cursor.First, otherwise);
}
