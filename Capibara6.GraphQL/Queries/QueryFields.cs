using Capibara6.Core.Identity;
using Capibara6.Core.Queries;
using Capibara6.Core.RateLimiting;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Errors;
using Capibara6.GraphQLApi.Schema;
using GraphQL;
using GraphQL.MicrosoftDI;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Queries;

internal static class QueryFields
{
    public static void AddQueries(this ObjectGraphType mutation) =>
        mutation.Field<QueryResultType>("processQuery")
            .Description("Answers one question. It is a mutation because it costs: a model is called, and the answer is recorded.")
            .RequirePermission(Permissions.Execute)
            .DrawFrom(RateLimitOptions.QueryPolicy)
            .Argument<NonNullGraphType<ProcessQueryInputType>>("input", "The question.")
            .WithCost(Costs.ModelCall)
            .Resolve()
            .WithService<IQueryPipeline>()
            .ResolveAsync(ProcessAsync);

    private static async Task<object?> ProcessAsync(IResolveFieldContext context, IQueryPipeline pipeline)
    {
        var request = context.GetArgument<ProcessQueryInput>("input").ToRequest(context.Caller());
        return (await pipeline.ExecuteAsync(request, context.CancellationToken)).ValueOrError("input");
    }
}
