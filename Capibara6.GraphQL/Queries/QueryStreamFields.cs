using System.Runtime.CompilerServices;
using Capibara6.Core.Identity;
using Capibara6.Core.Queries;
using Capibara6.Core.RateLimiting;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Errors;
using Capibara6.GraphQLApi.Schema;
using Capibara6.GraphQLApi.Subscriptions;
using GraphQL;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Queries;

internal static class QueryStreamFields
{
    public static void AddQueryStream(this ObjectGraphType subscription) =>
        subscription.Field<NonNullGraphType<QueryStreamEventType>>("queryStream")
            .Description("Answers one question piece by piece: routing, context, tokens, execution, and the whole at the end. Leaving ends the work.")
            .RequirePermission(Permissions.Execute)
            .DrawFrom(RateLimitOptions.QueryPolicy)
            .Argument<NonNullGraphType<ProcessQueryInputType>>("input", "The question.")
            .WithCost(Costs.ModelCall)
            .ResolveStream(Open);

    private static EventSource Open(IResolveFieldContext context)
    {
        var request = context.GetArgument<ProcessQueryInput>("input").ToRequest(context.Caller());
        var pipeline = context.RequestServices!.GetRequiredService<IQueryPipeline>();
        return new EventSource(token => AnswerAsync(pipeline, request, token), StreamWindow.Of(context));
    }

    private static async IAsyncEnumerable<object> AnswerAsync(
        IQueryPipeline pipeline, QueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var step in pipeline.StreamAsync(request, cancellationToken))
        {
            yield return step is QueryEvent.Failed failed ? throw new FailureError(failed.Failure.InArgument("input")) : step;
        }
    }
}
