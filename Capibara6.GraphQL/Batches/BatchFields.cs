using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;
using Capibara6.Core.RateLimiting;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Errors;
using Capibara6.GraphQLApi.Schema;
using GraphQL;
using GraphQL.MicrosoftDI;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Batches;

internal static class BatchFields
{
    private const int DefaultPage = 20;

    public static void AddBatches(this ObjectGraphType query)
    {
        query.Field<BatchType>("batch")
            .Description("Your batch of that id (an administrator's: any).")
            .RequirePermission(Permissions.Read)
            .Argument<NonNullGraphType<IdGraphType>>("id")
            .Resolve()
            .WithScope()
            .WithService<IBatches>()
            .ResolveAsync(FindAsync);
        query.Field<ListGraphType<NonNullGraphType<BatchType>>>("batches")
            .Description("Your batches, newest first.")
            .RequirePermission(Permissions.Read)
            .Argument<IntGraphType>("first", $"How many, 1 to 100; {DefaultPage} when left out.")
            .Argument<IdGraphType>("before", "The last id of the page before; leave out for the first page.")
            .WithPageCost("first", DefaultPage)
            .Resolve()
            .WithScope()
            .WithService<IBatches>()
            .ResolveAsync(ListAsync);
    }

    public static void AddBatchChanges(this ObjectGraphType mutation)
    {
        mutation.Field<BatchType>("processBatch")
            .Description("Accepts a batch, whole or not at all; workers answer it in the background.")
            .RequirePermission(Permissions.Execute)
            .DrawFrom(RateLimitOptions.BatchPolicy)
            .Argument<NonNullGraphType<ProcessBatchInputType>>("input")
            .WithCost(Costs.BatchAccept)
            .Resolve()
            .WithScope()
            .WithService<IBatches>()
            .ResolveAsync(AcceptAsync);
        mutation.Field<BatchType>("cancelBatch")
            .Description("Ends what has not begun of your batch.")
            .RequirePermission(Permissions.Read)
            .Argument<NonNullGraphType<IdGraphType>>("id")
            .Resolve()
            .WithScope()
            .WithService<IBatches>()
            .ResolveAsync(CancelAsync);
    }

    private static async Task<object?> FindAsync(IResolveFieldContext context, IBatches batches) =>
        (await batches.FindAsync(ReadId(context, "id"), context.Caller(), context.CancellationToken)).ValueOrError();

    private static async Task<object?> ListAsync(IResolveFieldContext context, IBatches batches)
    {
        var first = context.GetArgument<int?>("first") ?? DefaultPage;
        Guid? before = context.GetArgument<string?>("before") is null ? null : ReadId(context, "before");
        return (await batches.ListAsync(context.Caller(), before, first, context.CancellationToken)).ValueOrError();
    }

    private static async Task<object?> AcceptAsync(IResolveFieldContext context, IBatches batches)
    {
        var request = context.GetArgument<ProcessBatchInput>("input").ToRequest(context.Caller());
        return (await batches.AcceptAsync(request, context.CancellationToken)).ValueOrError();
    }

    private static async Task<object?> CancelAsync(IResolveFieldContext context, IBatches batches) =>
        (await batches.CancelAsync(ReadId(context, "id"), context.Caller(), context.CancellationToken)).ValueOrError();

    private static Guid ReadId(IResolveFieldContext context, string argument)
    {
        var text = context.GetArgument<string>(argument);
        return Guid.TryParseExact(text, "D", out var id)
            ? id
            : throw new FailureError(new Failure(
                EdgeCodes.InvalidValue, FailureKind.Invalid, $"'{argument}' must be an id of the form 00000000-0000-0000-0000-000000000000.")
            {
                Field = argument,
            });
    }
}
