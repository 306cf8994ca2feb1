using Capibara6.Core.Queries;
using Capibara6.GraphQLApi.Schema;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Queries;

internal sealed class QueryResultType : ObjectGraphType<QueryResult>
{
    public QueryResultType()
    {
        Name = "QueryResult";
        Description = "A complete answer and how it came about.";
        Field<NonNullGraphType<IdGraphType>>("id").Description("UUIDv7 of this answer.").Resolve(context => context.Source.Id);
        Field<NonNullGraphType<StringGraphType>>("query").Description("The question as it was asked.").Resolve(context => context.Source.Query);
        Field<NonNullGraphType<StringGraphType>>("result").Description("The answer's text.").Resolve(context => context.Source.Result);
        Field<NonNullGraphType<StringGraphType>>("modelUsed")
            .Description("The model that answered; differs from routing.selectedModel after a fallback.").Resolve(context => context.Source.ModelUsed);
        Field<NonNullGraphType<RoutingResultType>>("routing")
            .Description("Which model was chosen, and why.").Resolve(context => context.Source.Routing);
        Field<NonNullGraphType<AceResultType>>("ace")
            .Description("What context enrichment added.").Resolve(context => context.Source.Ace);
        Field<E2bResultType>("e2b")
            .Description("The last run of the answer's code; null when nothing was run.").Resolve(context => context.Source.E2b);
        Field<NonNullGraphType<BooleanGraphType>>("cached")
            .Description("Whether the answer came from the cache.").Resolve(context => context.Source.Cached);
        Field<NonNullGraphType<QueryUsageType>>("usage")
            .Description("What the answer cost; zero when it came from the cache.").Resolve(context => context.Source.Usage);
        Field<NonNullGraphType<FloatGraphType>>("processingTimeMs")
            .Description("Time from the request's arrival to the answer, in milliseconds.").Resolve(context => context.Source.ProcessingTimeMs);
        Field<NonNullGraphType<MomentType>>("timestamp")
            .Description("When the answer was given, in UTC.").Resolve(context => context.Source.Timestamp);
    }
}
