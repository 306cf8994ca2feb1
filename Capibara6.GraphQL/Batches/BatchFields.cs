using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;
using Capibara6.Core.RateLimiting;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Errors;
using Capibara6.GraphQLApi.Pages;
using Capibara6.GraphQLApi.Schema;
using GraphQL;
using GraphQL.MicrosoftDI;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Batches;

internal static class BatchFields
{
    private const int DefaultPage = 20;
    private const int MaxPage = 100;

    public static void AddBatches(this ObjectGraphType query)
    {
        query.Field<BatchType>("batch")
            .Description("Your batch of that id (an administrator's: any).")
            .RequirePermission(Permissions.Read)
            .Argument<NonNullGraphType<IdGraphType>>("id", "Id of the batch.")
            .Resolve()
            .WithService<IBatches>()
            .ResolveAsync(FindAsync);
        query.Field<NonNullGraphType<ConnectionType<BatchType>>>("batches")
            .Description("Your batches (an administrator's: all), newest first.")
            .RequirePermission(Permissions.Read)
            .Paged(DefaultPage, MaxPage)
            .Resolve()
            .WithService<IBatches>()
            .ResolveAsync(ListAsync);
    }

    public static void AddBatchChanges(this ObjectGraphType mutation)
    {
        mutation.Field<BatchType>("processBatch")
            .Description("Accepts a batch, whole or not at all; workers answer it in the background.")
            .RequirePermission(Permissions.Execute)
            .DrawFrom(RateLimitOptions.BatchPolicy)
            .Argument<NonNullGraphType<ProcessBatchInputType>>("input", "The questions.")
            .WithCost(Costs.BatchAccept)
            .Resolve()
            .WithService<IBatches>()
            .ResolveAsync(AcceptAsync);
        mutation.Field<BatchType>("cancelBatch")
            .Description("Ends what has no outcome yet of your batch.")
            .RequirePermission(Permissions.Read)
            .Argument<NonNullGraphType<IdGraphType>>("id", "Id of the batch.")
            .Resolve()
            .WithService<IBatches>()
            .ResolveAsync(CancelAsync);
    }

    private static async Task<object?> FindAsync(IResolveFieldContext context, IBatches batches) =>
        (await batches.FindAsync(ReadId(context, "id"), context.Caller(), context.CancellationToken)).ValueOrError();

    private static async Task<object?> ListAsync(IResolveFieldContext context, IBatches batches)
    {
        var first = context.ReadFirst(DefaultPage, MaxPage);
        var after = context.ReadAfter<Guid>();
        var caller = context.Caller();
        var found = (await batches.ListAsync(caller, after, first, context.CancellationToken)).ValueOrError();
        return new Page([.. found.Select(batch => new PageItem(batch, Cursor.Of(batch.Id)))], HasNextAsync, after is not null);

        async Task<bool> HasNextAsync(CancellationToken token) => found.Count == first
            && (await batches.ListAsync(caller, found[^1].Id, 1, token)).ValueOrError().Count > 0;
    }

    private static async Task<object?> AcceptAsync(IResolveFieldContext context, IBatches batches)
    {
        var request = context.GetArgument<ProcessBatchInput>("input").ToRequest(context.Caller());
        return (await batches.AcceptAsync(request, context.CancellationToken)).ValueOrError("input");
    }

    private static async Task<object?> CancelAsync(IResolveFieldContext context, IBatches batches) =>
        (await batches.CancelAsync(ReadId(context, "id"), context.Caller(), context.CancellationToken)).ValueOrError();

    public static Guid ReadId(IResolveFieldContext context, string argument)
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
