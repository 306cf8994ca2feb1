using Capibara6.Core.Queries;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Queries;

/// <summary>A step of an answer while it comes about.</summary>
internal sealed class QueryStreamEventType : UnionGraphType
{
    public QueryStreamEventType()
    {
        Name = "QueryStreamEvent";
        Description = "A step of an answer: routing, context, tokens, execution, and at the end the whole of it.";
        Type<QueryRoutedType>();
        Type<QueryEnrichedType>();
        Type<QueryTokenType>();
        Type<QueryExecutedType>();
        Type<QueryDoneType>();
    }
}

internal sealed class QueryRoutedType : ObjectGraphType<QueryEvent.Routed>
{
    public QueryRoutedType()
    {
        Name = "QueryRouted";
        Description = "A model was chosen.";
        Field<NonNullGraphType<RoutingResultType>>("routing").Description("Which, and why.").Resolve(context => context.Source.Routing);
    }
}

internal sealed class QueryEnrichedType : ObjectGraphType<QueryEvent.Enriched>
{
    public QueryEnrichedType()
    {
        Name = "QueryEnriched";
        Description = "Context was added.";
        Field<NonNullGraphType<AceResultType>>("ace").Description("Which.").Resolve(context => context.Source.Ace);
    }
}

internal sealed class QueryTokenType : ObjectGraphType<QueryEvent.Token>
{
    public QueryTokenType()
    {
        Name = "QueryToken";
        Description = "The model wrote on.";
        Field<NonNullGraphType<StringGraphType>>("text").Description("A piece of the answer, as it came from the model.").Resolve(context => context.Source.Text);
    }
}

internal sealed class QueryExecutedType : ObjectGraphType<QueryEvent.Executed>
{
    public QueryExecutedType()
    {
        Name = "QueryExecuted";
        Description = "The answer's code was run.";
        Field<NonNullGraphType<E2bResultType>>("e2b").Description("How it went.").Resolve(context => context.Source.Execution);
    }
}

internal sealed class QueryDoneType : ObjectGraphType<QueryEvent.Done>
{
    public QueryDoneType()
    {
        Name = "QueryDone";
        Description = "The answer is complete; nothing follows.";
        Field<NonNullGraphType<QueryResultType>>("result").Description("The whole of it.").Resolve(context => context.Source.Result);
    }
}
